"""A front end of the earlier service whose clients accounts and the candidate's space go on serving."""

from uuid import uuid4

import httpx

from postulo import PATIENCE, Postulo

PASSWORD = "Kestrel-Lantern-42"
OTHER_PASSWORD = "Walnut-Harbour-77"
WRONG_PASSWORD = "Harbour-Walnut-78"
ORIGIN = {"Origin": "http://localhost:3000"}
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}
NOBODY = "00000000-0000-4000-8000-000000000000"


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


def signed_in(service: Postulo) -> Front:
    """Somebody new, with their `id` and their `tokens`."""
    front = Front(service)
    answer = front.register()
    assert answer.status_code == 201, answer.text
    front.id = answer.json()["_id"]
    front.tokens = front.signed_in()
    return front


def detail(answer: httpx.Response, status: int) -> str:
    """The one sentence that an error says."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail"}, answer.text
    said = problem["detail"]
    assert isinstance(said, str) and said, answer.text
    return said


def add(front: Front, **fields) -> dict:
    answer = front.http.post("/applications/", json={"company": "Brume", "position": "Dev Rust"} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()
