# French: the words of the window. Hints keep their shortcut out of the text where it can be changed.

screen-review = Revue
screen-settings = Réglages

close = Fermer

on = Oui

off = Non

cmd-show-review = Aller à la revue
cmd-show-settings = Aller aux réglages
cmd-palette = Commandes
cmd-help = Aide
cmd-replay-last = Revoir la dernière phrase
cmd-open = Ouvrir un clip
cmd-open-path = Écrire le chemin d’un clip
cmd-full-screen = Plein écran
cmd-close-top = Fermer ce qui est au-dessus
cmd-setup = Préparer la piste
setup-title = Préparer la piste
setup-camera = Caméra
setup-touches = Touches
setup-weapon = Arme
setup-sound = Son
setup-test = Touche d’essai
setup-test-how = Chaque tireur touche une fois. Sans appareil, commencez une phrase et appuyez sur 1 et 3.
setup-ready = prêt
setup-missing = pas encore
setup-done = Terminé
cmd-public-screen = Écran public
public-screen = Écran public
cmd-privacy = Masquer l’image
cmd-dismiss = Masquer
cmd-notices = Tous les avis
cmd-play = Lire ou arrêter
cmd-frame-back = Une image en arrière
cmd-frame-forward = Une image en avant
cmd-half-second-back = Une demi-seconde en arrière
cmd-half-second-forward = Une demi-seconde en avant
cmd-shuttle-back = Lire en arrière
cmd-shuttle-stop = Arrêter
cmd-shuttle-forward = Lire en avant
cmd-speed-100 = Vitesse réelle
cmd-speed-50 = Demi-vitesse
cmd-speed-25 = Quart de vitesse
cmd-speed-10 = Dixième de vitesse
cmd-speed-5 = Vingtième de vitesse
cmd-to-start = Première image
cmd-to-end = Dernière image
cmd-to-touch = Aller à la touche
cmd-replay-touch = Revoir la touche
cmd-previous-event = Événement précédent
cmd-next-event = Événement suivant
cmd-loop-start = Début de boucle
cmd-loop-end = Fin de boucle
cmd-loop = Boucle
cmd-loop-clear = Effacer la boucle
cmd-zoom-in = Agrandir
cmd-zoom-out = Réduire
cmd-zoom-reset = Ajuster
cmd-skeletons = Squelettes
cmd-timeline = Chronologie
cmd-verdict = Décision
cmd-compare = Comparer avec un autre clip
cmd-compare-close = Fermer le second clip
cmd-nudge-back = Second clip, une image en arrière
cmd-nudge-forward = Second clip, une image en avant
cmd-draw-line = Tracer une ligne
cmd-draw-angle = Tracer un angle
cmd-draw-arrow = Tracer une flèche
cmd-draw-circle = Tracer un cercle
cmd-draw-text = Écrire un texte
cmd-draw-stopwatch = Chronomètre
cmd-draw-magnifier = Loupe
cmd-draw-undo = Annuler
cmd-draw-delete = Effacer la figure choisie
cmd-draw-clear = Effacer tous les tracés
cmd-call-left = Ma décision : gauche
cmd-call-right = Ma décision : droite
cmd-call-none = Ma décision : personne ou les deux
cmd-repetition = Utiliser un arbitrage vidéo
cmd-judge-again = Juger à nouveau
cmd-judge-cancel = Arrêter
cmd-fencer-left = Désigner le tireur de gauche
cmd-fencer-right = Désigner le tireur de droite
cmd-touch-left = Touche gauche ici
cmd-touch-right = Touche droite ici
cmd-touch-both = Deux touches ici
cmd-export-clip = Enregistrer le clip
cmd-export-overlay = Enregistrer le clip annoté
cmd-export-still = Enregistrer cette image
cmd-export-json = Enregistrer les données
cmd-export-report = Enregistrer un rapport
cmd-export-cancel = Arrêter l’enregistrement

help-title = Aide
guide-keys = Toutes les touches
guide-what-to-do = Que faire
guide-search = Chercher dans les guides
guide-none = Rien trouvé.
help-everywhere = Sur chaque écran

notices-title = Avis
notices-none = Rien à signaler.

palette-hint = Tapez quelques lettres, puis Entrée.
palette-none = Aucune commande ne porte ce nom.
path-prompt = Chemin du clip, puis Entrée
path-open = Ouvrir
path-browse = Parcourir

privacy-on = MASQUÉE. F9 affiche de nouveau l’image.

notice-no-repetition-left = Les quatre visions permises sont épuisées (t.60).
notice-nothing-chosen = Aucun clip choisi. On peut aussi déposer un fichier.
notice-no-dialog = Ce système n’a pas de dialogue de fichiers. Écrivez le chemin d’un clip dans le champ, ou déposez le fichier sur la fenêtre.
notice-dialog-open = Une boîte de dialogue est déjà ouverte. Cherchez-la derrière cette fenêtre.
notice-second-window = Une autre fenêtre de ce programme est ouverte avec les mêmes réglages et le même match. Fermez-en une : ce que les deux modifient, la dernière l’écrase.
notice-no-phrase-yet = Aucune phrase n’a encore été enregistrée. Lancez-en une sur la piste.
notice-export-runs = Un enregistrement est déjà en cours. Attendez-le ou arrêtez-le.
notice-export-cancelled = L’enregistrement a été arrêté. Rien n’est resté.
notice-saved = Enregistré
notice-clip-failed = Le clip ne s’ouvre pas :
notice-judge-failed = La phrase n’a pas pu être jugée :
notice-fencer-nobody = Personne n’a été trouvé là. Cliquez le milieu du corps du tireur, ou allez à une autre image. La décision reste inchangée.
notice-fencer-already = Cette personne est déjà suivie comme ce tireur.
notice-fencer-no-verdict = Un tireur peut être désigné dès que la phrase est jugée.
notice-fencer-no-frame = Cette image ne peut pas être lue. Allez à une autre. La décision reste inchangée.
notice-fencer-failed = Le tireur n’a pas pu être suivi ; la décision reste inchangée :
notice-nothing-saved = Rien n’a été enregistré :
notice-panic-report = Le programme s’est arrêté à cause d’une erreur interne. Un rapport pour ses développeurs se trouve ici :
notice-welcome = Voici la phrase de démonstration. Avancez avec les flèches, H va à la touche. Déposez votre clip, ou tapez Ctrl+O. F2 : la piste en direct.

drop-here = Relâchez pour ouvrir
review-empty = Déposez un clip ici, ou tapez Ctrl+O
review-empty-hint = Deux clips ensemble s’affichent côte à côte.
review-blind = Votre décision d’abord : Ctrl+1 gauche, Ctrl+2 personne ou les deux, Ctrl+3 droite
review-failed = Cette phrase n’a pas pu être analysée. Ctrl+J réessaie ; la raison est à droite.
review-idle = Non jugée. Ctrl+J la juge.

stage-models = Chargement des modèles
stage-opening = Ouverture du clip
stage-watching = Observation des tireurs
stage-following = Suivi du tireur
stage-deciding = Décision

transport-start = Début
transport-back = Arrière
transport-play = Lire
transport-pause = Pause
transport-forward = Avant
transport-end = Fin
transport-loop-start = Déb.
transport-loop-end = Fin
transport-touch = Touche


touch-by-hand = Aucune lampe trouvée. Allez à l’image de la touche et choisissez la lampe.

own-call = Ma décision
own-left = Gauche
own-none = Aucun
own-right = Droite

opinion-referee = Arbitre
opinion-machine = Machine

procedure = Visionnages vidéo (quatre au plus)
appeals = Réclamations

appeal-upheld = Acceptée (conservée)
appeal-rejected = Rejetée (utilisée)

exports = Enregistrer
export-runs = Enregistrement
export-loop-only = Les clips sont coupés à la boucle.
picture = Image
drawing = Dessiner sur l’image
draw-hint-line = Cliquez les deux bouts de la ligne.
draw-hint-angle = Cliquez un bout, le sommet, l’autre bout.
draw-hint-arrow = Cliquez l’origine, puis la pointe.
draw-hint-circle = Cliquez le centre, puis le bord.
draw-hint-text = Cliquez l’endroit du texte, puis écrivez-le ici.
draw-hint-stopwatch = Cliquez l’endroit du chronomètre. Il part de cette image.
draw-hint-magnifier = Cliquez le centre de l’agrandissement, puis le bord.
draw-text-hint = Texte
draw-clock = { $secs } s · images : { $frames }
draw-clock-start = Départ à cette image
draw-clock-stop = Arrêt à cette image
draw-on-clip = Tout le clip
draw-on-frame = Cette image
draw-on-loop = Boucle
draw-length-of-line = Longueur de cette ligne (piste : 14 m, largeur 1,5 à 2 m). Vaut à cette distance de la caméra.
compare = Côte à côte
compare-at-touch = Alignés sur la touche.
compare-at-start = Alignés au début, jusqu’à ce que la touche soit trouvée.

weapon-foil = Fleuret
weapon-epee = Épée
weapon-sabre = Sabre
weapon-guessed = Arme inconnue : décidé comme { $weapon }. Choisissez-la ci-dessus.

fencers = Mauvais tireur ? Désignez le bon
fencer-hint-left = Cliquez le tireur de gauche (Échap : aucun)
fencer-hint-right = Cliquez le tireur de droite (Échap : aucun)
fencer-lost-left = Tireur de gauche perdu
fencer-lost-right = Tireur de droite perdu

lane-feet = Pieds
lane-arm = Bras, lame
lane-box = Lampes
side-left-short = G
side-right-short = D
plot-distance = Distance
plot-speed = Vitesse

action-advance = marche
action-retreat = retraite
action-pause = arrêt
action-lunge = fente
action-fleche = flèche
action-arm-extension = allongement
action-arm-withdrawal = retrait du bras
action-point-in-line = en ligne
action-final-movement = action finale
action-parry = parade
action-beat = battement

settings-look = Apparence
settings-language = Langue
settings-theme = Thème
settings-motion = Animations
motion-full = Transitions courtes
motion-reduced = Aucun

theme-dark = Sombre
theme-light = Clair
theme-contrast = Contraste élevé

settings-text-size = Taille du texte
settings-judge = Jugement
settings-weapon = Arme des nouveaux clips
settings-min-confidence = « Trop serré » en dessous de
settings-accurate = Modèle de pose précis (plus lent)
settings-blind = Ma décision avant la machine
settings-auto-replay = Revoir la phrase d’elle-même
settings-call-scores = Ma décision change le score
settings-lens = Objectif
settings-lens-on = Corriger la distorsion
settings-lens-strength = Intensité
settings-lens-balance = Rognage
settings-lens-check = Contrôle des droites
settings-lens-check-hint = Placez la croix sur un bord droit de la salle ; glissez sur l’image jusqu’à ce qu’il soit droit ici.
settings-lens-no-picture = Ouvrez un clip ou lancez la caméra pour contrôler l’objectif sur son image.
settings-folders = Dossiers
settings-results-folder = Les enregistrements vont dans
settings-results-beside = à côté du clip
settings-privacy = Confidentialité
settings-privacy-now = Masquer l’image
settings-privacy-note = Rien ne quitte cette machine tant qu’aucun serveur n’est choisi.
settings-keys = Touches
settings-reset = Rétablir les valeurs par défaut
settings-search = Chercher un réglage
settings-page-piste = Piste et appareil
settings-page-camera = Caméra et enregistrement
settings-page-judge = Jugement
settings-page-look = Apparence et langue
settings-page-keys = Touches
settings-page-server = Serveur et avancé
cmd-settings-next = Page suivante des réglages
cmd-settings-back = Page précédente des réglages
settings-none-found = Aucun réglage ne porte ce nom.
settings-search-end = Terminer la recherche
settings-keys-hint = Cliquez sur un raccourci, puis appuyez sur les nouvelles touches. Échap le laisse tel quel.
settings-key-waits = Appuyez … (Échap)
settings-key-none = aucun
settings-key-clear = Sans raccourci
settings-key-restore = Raccourci d’origine
settings-key-swapped = « { $command } » a maintenant { $chord } ; « { $other } » a { $old } en échange.
settings-key-taken = Rien n’est changé : { $chord } est le raccourci de « { $other } ». Donnez-lui d’abord un autre raccourci.
settings-key-unknown = Rien n’est changé : { $chord } ne peut pas être un raccourci. Prenez une lettre, un chiffre, F1 à F12 ou une flèche.
settings-clash = Aussi le raccourci de « { $other } ».
