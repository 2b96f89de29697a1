"""The admin pages, signed in to as a browser would be."""

import httpx

from postulo import PATIENCE, Page, Postulo


class Admin:
    """An operator who may do everything, and reads English."""

    def __init__(self, server: Postulo):
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
        self.http = httpx.Client(base_url=server.url, headers=headers, follow_redirects=True, timeout=PATIENCE)
        password = (server.folder / "data" / "admin-password").read_text().strip()
        fields = {"email": "admin@postulo.example", "password": password}
        assert self.http.post("/admin/sign-in", data=fields).url.path == "/admin"

    def page(self, path: str) -> Page:
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return Page(answer)

    def post(self, path: str, **fields: str) -> httpx.Response:
        answer = self.http.post(path, data=fields)
        assert answer.status_code == 200, answer.text
        return answer

    def press(self, page: Page, button: str, **fields: str) -> Page:
        """Presses the first button that sends `name=value`, in a form that has these fields as they stand."""
        name, _, value = button.partition("=")
        for form in page.forms:
            offers = (name, value) in [(its_name, its_value) for its_name, its_value, _ in form.buttons]
            if offers and fields.items() <= dict(form.values).items():
                return Page(self.post(form.action, **form.filled(**{name: value})))
        raise AssertionError(f"no such button on {page.url}: {button} {fields}: {page.words}")
