"""A front end of the earlier service whose clients accounts and the candidate's space go on serving."""

from uuid import uuid4

import httpx

from postulo import PATIENCE, Postulo

PASSWORD = "Kestrel-Lantern-42"


class Front:
    """JSON for all but signing in, and redirections followed: the service needs none of them."""

    def __init__(self, service: Postulo):
        self.http = httpx.Client(base_url=service.url, timeout=PATIENCE, follow_redirects=True)
        name = uuid4().hex[:12]
        self.user = {
            "username": f"u_{name}",
            "email": f"{name}@example.com",
            "password": PASSWORD,
            "full_name": "Quinn Example",
        }

    def register(self, path="/auth/register/", **other) -> httpx.Response:
        return self.http.post(path, json=self.user | other)

    def sign_in(self, name=None, password=None) -> httpx.Response:
        form = {"username": name or self.user["username"], "password": password or self.user["password"]}
        return self.http.post("/auth/token", data=form)

    def signed_in(self) -> dict:
        answer = self.sign_in()
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return tokens
