# Ce que lisent les programmes des candidats et des recruteurs, et ceux qui s’en servent
api-not-authenticated = Connectez-vous pour continuer.
api-credentials-not-valid = Votre session n’est plus valable : reconnectez-vous.
api-method-not-allowed = Cette opération n’existe pas à cette adresse.
api-members-missing-or-wrong = Il manque un champ, ou l’un d’eux n’est pas du type attendu.
api-not-json = Le corps de la requête n’est pas du JSON lisible.
api-send-json = Envoyez le corps de la requête en JSON, avec l’en-tête Content-Type: application/json.
api-too-large = La requête est trop volumineuse.
api-unreadable = La requête n’a pas pu être lue. Envoyez-la de nouveau.
