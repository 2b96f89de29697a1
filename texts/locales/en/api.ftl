# What the programs of candidates and recruiters read, and those who use them
api-not-authenticated = Sign in to go on.
api-credentials-not-valid = Your session is no longer valid: sign in again.
api-method-not-allowed = There is no such operation at this address.
api-members-missing-or-wrong = A member is missing, or one of them is not of the expected type.
api-not-json = The body of the request is not readable JSON.
api-send-json = Send the body of the request as JSON, with the header Content-Type: application/json.
api-too-large = The request is too large.
api-unreadable = The request could not be read. Send it again.
