space-import-title = Importer depuis un autre suivi
space-import-intro = Apportez la liste que vous tenez dans un tableur ou un autre outil de suivi. Vous voyez ce qui va se passer avant que quoi que ce soit ne soit conservé.
space-import-file = Fichier CSV
space-import-hint = 2 Mo et 10 000 lignes au plus ; la première ligne nomme les colonnes. Dans un tableur, choisissez d’enregistrer au format CSV.
space-import-look = Voir ce qui va se passer
space-import-empty = Choisissez d’abord un fichier : aucun n’a été envoyé, ou il est vide.
space-import-too-large = Ce fichier dépasse 2 Mo. Partagez-le, ou retirez les colonnes dont vous n’avez pas besoin.
space-import-no-text = Ce n’est pas un fichier CSV. Dans votre tableur, choisissez d’enregistrer au format CSV, puis envoyez ce fichier.
space-import-too-many-rows = Ce fichier a plus de 10 000 lignes. Rien n’en a été conservé : partagez-le.
space-import-too-many-columns = Ce fichier a plus de 100 colonnes. Retirez celles dont vous n’avez pas besoin.
space-import-no-rows = Il n’y a aucune ligne sous les noms des colonnes.
space-import-malformed = Ce fichier ne se lit pas comme un CSV : il y manque peut-être un guillemet.
space-import-outcome = Sur { $rows ->
    [one] une ligne
   *[other] { $rows } lignes
}, { $taken } à ajouter, { $refused ->
    [one] { $refused } refusée
   *[other] { $refused } refusées
}, { $duplicates ->
    [one] { $duplicates } déjà présente
   *[other] { $duplicates } déjà présentes
}.
space-import-nothing-yet = Rien n’est encore conservé.
space-import-columns = À quoi correspond chaque colonne
space-import-no-column = Aucune colonne
space-import-other = Un statut inconnu
space-import-other-refused = Refuser la ligne
space-import-again = Voir à nouveau
space-import-confirm = { $taken ->
    [one] Ajouter une candidature
   *[other] Ajouter { $taken } candidatures
}
space-import-undated = { $count ->
    [one] Une ligne ne donne pas de date : elle prend celle d’aujourd’hui.
   *[other] { $count } lignes ne donnent pas de date : elles prennent celle d’aujourd’hui.
}
space-import-taken = À ajouter
space-import-refused = Refusées
space-import-duplicates = Déjà présentes, ou deux fois dans le fichier
space-import-line = Ligne
space-import-at-line = Ligne { $line } :
space-import-more = { $count ->
    [one] Et une autre.
   *[other] Et { $count } autres.
}
space-import-no-date = Écrivez une date telle que 2026-11-28 ou 28/11/2026.
space-import-no-status = Ce statut n’est pas connu.
space-import-done = { $count ->
    [0] Rien n’a été ajouté : tout était déjà là.
    [one] Une candidature a été ajoutée.
   *[other] { $count } candidatures ont été ajoutées.
}
space-import-goes-on = Les candidatures sont en cours d’ajout. Rechargez cette page dans un instant ; s’il en manque, importez à nouveau le même fichier : rien n’est ajouté deux fois.
space-import-cut-off = L’import s’est arrêté avant la fin
space-import-cut-off-means = Certaines candidatures ont peut-être été ajoutées, d’autres manquent.
space-import-cut-off-next = Importez à nouveau le même fichier dans quelques minutes : ce qui manque est ajouté, et rien ne l’est deux fois.
