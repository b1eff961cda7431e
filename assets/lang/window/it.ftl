# Italian: the words of the window. Hints keep their shortcut out of the text where it can be changed.

screen-review = Revisione
screen-settings = Impostazioni

close = Chiudi

on = Sì

off = No

cmd-show-review = Vai alla revisione
cmd-show-settings = Vai alle impostazioni
cmd-palette = Comandi
cmd-help = Aiuto
cmd-replay-last = Rivedi l’ultima azione
cmd-open = Apri un filmato
cmd-open-path = Scrivi il percorso di un video
cmd-full-screen = Schermo intero
cmd-close-top = Chiudere ciò che sta sopra
cmd-setup = Preparare la pedana
setup-title = Preparare la pedana
setup-camera = Telecamera
setup-touches = Stoccate
setup-weapon = Arma
setup-sound = Suono
setup-test = Stoccata di prova
setup-test-how = Ogni schermidore tocchi una volta. Senza apparecchio, iniziare una frase e premere 1 e 3.
setup-ready = pronto
setup-missing = non ancora
setup-done = Fatto
cmd-public-screen = Schermo per il pubblico
public-screen = Schermo per il pubblico
cmd-privacy = Oscurare l’immagine
cmd-dismiss = Nascondi
cmd-notices = Tutti gli avvisi
cmd-play = Riproduci o ferma
cmd-frame-back = Un fotogramma indietro
cmd-frame-forward = Un fotogramma avanti
cmd-half-second-back = Mezzo secondo indietro
cmd-half-second-forward = Mezzo secondo avanti
cmd-shuttle-back = Riproduci all’indietro
cmd-shuttle-stop = Ferma
cmd-shuttle-forward = Riproduci in avanti
cmd-speed-100 = Velocità reale
cmd-speed-50 = Metà velocità
cmd-speed-25 = Un quarto di velocità
cmd-speed-10 = Un decimo di velocità
cmd-speed-5 = Un ventesimo di velocità
cmd-to-start = Primo fotogramma
cmd-to-end = Ultimo fotogramma
cmd-to-touch = Vai alla stoccata
cmd-replay-touch = Rivedi la stoccata
cmd-previous-event = Evento precedente
cmd-next-event = Evento successivo
cmd-loop-start = Inizio del ciclo
cmd-loop-end = Fine del ciclo
cmd-loop = Ciclo
cmd-loop-clear = Cancella il ciclo
cmd-zoom-in = Ingrandire
cmd-zoom-out = Rimpicciolire
cmd-zoom-reset = Adatta
cmd-skeletons = Scheletri
cmd-timeline = Cronologia
cmd-verdict = Verdetto
cmd-compare = Confronta con un altro video
cmd-compare-close = Chiudi il secondo video
cmd-nudge-back = Secondo video indietro di un fotogramma
cmd-nudge-forward = Secondo video avanti di un fotogramma
cmd-draw-line = Disegna una linea
cmd-draw-angle = Disegna un angolo
cmd-draw-arrow = Disegna una freccia
cmd-draw-circle = Disegna un cerchio
cmd-draw-text = Scrivere un testo
cmd-draw-stopwatch = Cronometro
cmd-draw-magnifier = Lente d’ingrandimento
cmd-draw-undo = Annulla
cmd-draw-delete = Cancella la figura scelta
cmd-draw-clear = Cancella tutti i disegni
cmd-call-left = La mia decisione: sinistra
cmd-call-right = La mia decisione: destra
cmd-call-none = La mia decisione: nessuno o entrambi
cmd-repetition = Usare una revisione
cmd-judge-again = Giudica di nuovo
cmd-judge-cancel = Interrompi
cmd-fencer-left = Indicare lo schermidore di sinistra
cmd-fencer-right = Indicare lo schermidore di destra
cmd-touch-left = Stoccata sinistra qui
cmd-touch-right = Stoccata destra qui
cmd-touch-both = Due stoccate qui
cmd-export-clip = Salva il video
cmd-export-overlay = Salva filmato annotato
cmd-export-still = Salva questa immagine
cmd-export-json = Salva i dati
cmd-export-report = Salva un rapporto
cmd-export-cancel = Interrompi il salvataggio

help-title = Aiuto
guide-keys = Tutti i tasti
guide-what-to-do = Cosa fare
guide-search = Cerca nelle guide
guide-none = Nessun risultato.
help-everywhere = In ogni schermata

notices-title = Avvisi
notices-none = Niente da segnalare.

palette-hint = Digita qualche lettera, poi Invio.
palette-none = Nessun comando si chiama così.
path-prompt = Percorso del video, poi Invio
path-open = Apri
path-browse = Sfoglia

privacy-on = OSCURATA. F9 mostra di nuovo l’immagine.

notice-no-repetition-left = Le quattro visioni permesse sono esaurite (t.60).
notice-nothing-chosen = Nessun filmato scelto. Si può anche trascinare un file.
notice-no-dialog = Questo sistema non ha una finestra per i file. Scrivi il percorso di un video nel campo, o trascina il file sulla finestra.
notice-dialog-open = C’è già una finestra di scelta aperta. Cercatela dietro questa finestra.
notice-second-window = Un’altra finestra di questo programma è aperta con le stesse impostazioni e lo stesso assalto. Chiudetene una: ciò che entrambe cambiano viene sovrascritto dall’ultima.
notice-no-phrase-yet = Nessuna azione è stata ancora registrata. Iniziane una in pedana.
notice-export-runs = Un salvataggio è già in corso. Attendi o interrompilo.
notice-export-cancelled = Il salvataggio è stato interrotto. Non è rimasto nulla.
notice-saved = Salvato
notice-clip-failed = Il filmato non si apre:
notice-judge-failed = La frase non è stata giudicata:
notice-fencer-nobody = Lì non è stato trovato nessuno. Clicca il centro del corpo dello schermidore, o vai a un altro fotogramma. La decisione resta com’era.
notice-fencer-already = Questa persona è già seguita come quello schermidore.
notice-fencer-no-verdict = Uno schermidore si può indicare appena la frase è giudicata.
notice-fencer-no-frame = Questo fotogramma non si può leggere. Vai a un altro. La decisione resta com’era.
notice-fencer-failed = Non è stato possibile seguire lo schermidore; la decisione resta com’era:
notice-nothing-saved = Non è stato salvato nulla:
notice-panic-report = Il programma si è fermato per un proprio errore. Un rapporto per gli sviluppatori si trova qui:
notice-welcome = Questa è la frase dimostrativa. Frecce per i fotogrammi, H per la stoccata. Trascina un filmato o premi Ctrl+O. F2: la pedana dal vivo.

drop-here = Rilascia per aprire
review-empty = Trascina qui un filmato, o premi Ctrl+O
review-empty-hint = Due video insieme appaiono affiancati.
review-blind = Prima la vostra decisione: Ctrl+1 sinistra, Ctrl+2 nessuno o entrambi, Ctrl+3 destra
review-failed = Non è stato possibile analizzare questa frase. Ctrl+J riprova; il motivo è a destra.
review-idle = Non giudicata. Ctrl+J la giudica.

stage-models = Caricamento dei modelli
stage-opening = Apertura del filmato
stage-watching = Osservazione degli schermidori
stage-following = Inseguimento dello schermidore
stage-deciding = Decisione

transport-start = Inizio
transport-back = Indietro
transport-play = Riproduci
transport-pause = Pausa
transport-forward = Avanti
transport-end = Fine
transport-loop-start = Iniz.
transport-loop-end = Fine
transport-touch = Stoccata


touch-by-hand = Nessuna luce trovata. Andate al fotogramma della stoccata e scegliete la luce.

own-call = La mia decisione
own-left = Sinistra
own-none = Nessuno
own-right = Destra

opinion-referee = Arbitro
opinion-machine = Macchina

procedure = Revisioni video (quattro al massimo)
appeals = Appelli

appeal-upheld = Accolto (conservato)
appeal-rejected = Respinto (usato)

exports = Salva
export-runs = Salvataggio
export-loop-only = I video vengono tagliati al ciclo.
picture = Immagine
drawing = Disegna sull’immagine
draw-hint-line = Clicca i due estremi della linea.
draw-hint-angle = Clicca un estremo, il vertice, l’altro estremo.
draw-hint-arrow = Clicca l’origine, poi la punta.
draw-hint-circle = Clicca il centro, poi il bordo.
draw-hint-text = Clicca il posto del testo, poi scrivilo qui.
draw-hint-stopwatch = Clicca il posto del cronometro. Parte da questo fotogramma.
draw-hint-magnifier = Clicca il centro dell’ingrandimento, poi il bordo.
draw-text-hint = Testo
draw-clock = { $secs } s · fotogrammi: { $frames }
draw-clock-start = Parte da questo fotogramma
draw-clock-stop = Si ferma a questo fotogramma
draw-on-clip = Tutto il filmato
draw-on-frame = Questo fotogramma
draw-on-loop = Ciclo
draw-length-of-line = Lunghezza di questa linea (pedana: 14 m, larga da 1,5 a 2 m). Vale a questa distanza dalla camera.
compare = Affiancati
compare-at-touch = Allineati alla stoccata.
compare-at-start = Allineati all’inizio finché non si trova la stoccata.

weapon-foil = Fioretto
weapon-epee = Spada
weapon-sabre = Sciabola
weapon-guessed = Arma sconosciuta: deciso come { $weapon }. Sceglietela sopra.

fencers = Schermidore sbagliato? Indicate quello giusto
fencer-hint-left = Clicca lo schermidore di sinistra (Esc: nessuno)
fencer-hint-right = Clicca lo schermidore di destra (Esc: nessuno)
fencer-lost-left = Schermidore di sinistra perso
fencer-lost-right = Schermidore di destra perso

lane-feet = Piedi
lane-arm = Braccio, lama
lane-box = Luci
side-left-short = S
side-right-short = D
plot-distance = Distanza
plot-speed = Velocità

action-advance = passo avanti
action-retreat = passo indietro
action-pause = sosta
action-lunge = affondo
action-fleche = frecciata
action-arm-extension = distensione
action-arm-withdrawal = ritira il braccio
action-point-in-line = in linea
action-final-movement = azione finale
action-parry = parata
action-beat = battuta

settings-look = Aspetto
settings-language = Lingua
settings-theme = Tema
settings-motion = Animazioni
motion-full = Transizioni brevi
motion-reduced = Nessuno

theme-dark = Scuro
theme-light = Chiaro
theme-contrast = Alto contrasto

settings-text-size = Dimensione del testo
settings-judge = Giudizio
settings-weapon = Arma dei nuovi filmati
settings-min-confidence = «Troppo vicino» sotto
settings-accurate = Modello di posa preciso (più lento)
settings-blind = La mia decisione prima della macchina
settings-auto-replay = Rivedi l’azione da sé
settings-call-scores = La mia decisione cambia il punteggio
settings-lens = Obiettivo
settings-lens-on = Correggere la distorsione
settings-lens-strength = Intensità
settings-lens-balance = Ritaglio
settings-lens-check = Prova delle rette
settings-lens-check-hint = Metti la croce su un bordo dritto della sala; trascina sull’immagine finché è dritto anche qui.
settings-lens-no-picture = Apri un video o avvia la camera per provare l’obiettivo sull’immagine.
settings-folders = Cartelle
settings-results-folder = I salvataggi vanno in
settings-results-beside = accanto al video
settings-privacy = Riservatezza
settings-privacy-now = Oscurare l’immagine
settings-privacy-note = Nulla lascia questo computer se non si sceglie un server.
settings-keys = Tasti
settings-reset = Ripristina i valori iniziali
settings-search = Trova un’impostazione
settings-page-piste = Pedana e apparecchio
settings-page-camera = Camera e registrazione
settings-page-judge = Giudizio
settings-page-look = Aspetto e lingua
settings-page-keys = Tasti
settings-page-server = Server e avanzate
cmd-settings-next = Pagina successiva delle impostazioni
cmd-settings-back = Pagina precedente delle impostazioni
settings-none-found = Nessuna impostazione ha questo nel nome.
settings-search-end = Termina la ricerca
settings-keys-hint = Fai clic su una scorciatoia, poi premi i nuovi tasti. Esc la lascia com’è.
settings-key-waits = Premi i tasti … (Esc)
settings-key-none = nessuna
settings-key-clear = Senza scorciatoia
settings-key-restore = Scorciatoia originale
settings-key-swapped = «{ $command }» ha ora { $chord }; «{ $other }» ha { $old } in cambio.
settings-key-taken = Nessuna modifica: { $chord } è la scorciatoia di «{ $other }». Dalle prima un’altra scorciatoia.
settings-key-unknown = Nessuna modifica: { $chord } non può essere una scorciatoia. Usa una lettera, una cifra, da F1 a F12 o una freccia.
settings-clash = Anche la scorciatoia di «{ $other }».
