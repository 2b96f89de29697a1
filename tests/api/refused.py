"""Which operations refuse what their schemas allow, and with which statuses: what the rules of accounts and of the space
are no schema says. A password that is too common, a name that is taken, a link that was never sent, a name of a status
that is none, an alert too many. What stands not here is refused by a schema or not at all."""

# That somebody asked too often says nothing of what they asked. Statuses that say who may ask, or that there is no such
# thing, Schemathesis takes by itself.
TOO_OFTEN = 429

WEAK, TAKEN, NOT_DONE, UNFIT = 422, 400, 400, 422

OPERATIONS = {
    "POST /auth/register": {TAKEN, WEAK},
    "POST /auth/token": {UNFIT},
    "POST /auth/change-password": {NOT_DONE, WEAK},
    "POST /auth/confirm-email": {NOT_DONE, UNFIT},
    "POST /auth/forgot-password": {UNFIT},
    "POST /auth/reset-password": {NOT_DONE, WEAK},
    "POST /auth/refresh": {UNFIT},
    "POST /auth/revoke": {UNFIT},
    "POST /api/token": {UNFIT},
    "POST /api/token/refresh": {UNFIT},
    "POST /api/auth/signin": {UNFIT},
    "POST /api/auth/signup": {WEAK},
    "POST /api/auth/forgot-password": {UNFIT},
    "POST /api/auth/reset-password": {NOT_DONE, WEAK},
    "POST /api/auth/refresh": {UNFIT},
    "PUT /users/{id}": {TAKEN, UNFIT},
    "DELETE /users/{id}": {NOT_DONE, UNFIT},
    "GET /applications": {UNFIT},
    "POST /applications": {UNFIT},
    "PUT /applications/{id}": {UNFIT},
    "POST /applications/{id}/notes": {UNFIT},
    "GET /tasks": {UNFIT},
    "POST /tasks": {UNFIT},
    "PUT /tasks/{id}": {UNFIT},
    "POST /users/upload-cv": {NOT_DONE, UNFIT},
    "GET /me/proof.pdf": {UNFIT},
    "PUT /api/candidates/profile": {UNFIT},
    "POST /api/candidates/profile/experiences": {UNFIT},
    "PUT /api/candidates/profile/experiences/{id}": {UNFIT},
    "POST /api/candidates/profile/education": {UNFIT},
    "PUT /api/candidates/profile/education/{id}": {UNFIT},
    "POST /api/candidates/profile/skills": {UNFIT},
    "PUT /api/candidates/profile/skills/{id}": {UNFIT},
    "GET /job-offers": {UNFIT},
    "GET /job-offers/count": {UNFIT},
    "POST /job-offers/collect": {UNFIT},
    "GET /api/job-alerts": {UNFIT},
    "POST /api/job-alerts": {UNFIT},
    "PUT /api/job-alerts/{id}": {UNFIT},
    "PATCH /api/job-alerts/{id}": {UNFIT},
    "POST /api/job-alerts/preview": {UNFIT},
}


def may_refuse(method: str, path: str, status: int) -> bool:
    """Whether the rules may refuse with this status what the operation's schema allows. Applications of client platforms
    have no rule that their schema does not say."""
    if path.startswith("/api/v1/"):
        return False
    return status == TOO_OFTEN or status in OPERATIONS.get(f"{method.upper()} {path}", ())
