# German: the words of the window. Hints keep their shortcut out of the text where it can be changed.

screen-review = Ansehen
screen-settings = Einstellungen

close = Schließen

on = An

off = Aus

cmd-show-review = Zur Ansicht
cmd-show-settings = Zu den Einstellungen
cmd-palette = Befehle
cmd-help = Hilfe
cmd-replay-last = Letzten Gefechtsgang noch einmal zeigen
cmd-open = Film öffnen
cmd-open-path = Pfad eines Films eingeben
cmd-full-screen = Ganzer Bildschirm
cmd-close-top = Oberstes Fenster schließen
cmd-setup = Bahn einrichten
setup-title = Bahn einrichten
setup-camera = Kamera
setup-touches = Treffer
setup-weapon = Waffe
setup-sound = Ton
setup-test = Probetreffer
setup-test-how = Jeder Fechter trifft einmal. Ohne Melder einen Gang beginnen und 1 und 3 drücken.
setup-ready = bereit
setup-missing = noch nicht
setup-done = Fertig
cmd-public-screen = Publikumsanzeige
public-screen = Publikumsanzeige
cmd-privacy = Bild ausblenden
cmd-dismiss = Ausblenden
cmd-notices = Alle Hinweise
cmd-play = Abspielen oder anhalten
cmd-frame-back = Ein Bild zurück
cmd-frame-forward = Ein Bild vor
cmd-half-second-back = Halbe Sekunde zurück
cmd-half-second-forward = Halbe Sekunde vor
cmd-shuttle-back = Rückwärts abspielen
cmd-shuttle-stop = Anhalten
cmd-shuttle-forward = Vorwärts abspielen
cmd-speed-100 = Volle Geschwindigkeit
cmd-speed-50 = Halbe Geschwindigkeit
cmd-speed-25 = Viertel der Geschwindigkeit
cmd-speed-10 = Zehntel der Geschwindigkeit
cmd-speed-5 = Zwanzigstel der Geschwindigkeit
cmd-to-start = Erstes Bild
cmd-to-end = Letztes Bild
cmd-to-touch = Zum Treffer
cmd-replay-touch = Treffer noch einmal zeigen
cmd-previous-event = Voriges Ereignis
cmd-next-event = Nächstes Ereignis
cmd-loop-start = Schleifenanfang
cmd-loop-end = Schleifenende
cmd-loop = Schleife
cmd-loop-clear = Schleife löschen
cmd-zoom-in = Vergrößern
cmd-zoom-out = Verkleinern
cmd-zoom-reset = Einpassen
cmd-skeletons = Skelette
cmd-timeline = Zeitleiste
cmd-verdict = Urteil
cmd-compare = Mit anderem Film vergleichen
cmd-compare-close = Zweiten Film schließen
cmd-nudge-back = Zweiter Film ein Bild zurück
cmd-nudge-forward = Zweiter Film ein Bild vor
cmd-draw-line = Linie zeichnen
cmd-draw-angle = Winkel zeichnen
cmd-draw-arrow = Pfeil zeichnen
cmd-draw-circle = Kreis zeichnen
cmd-draw-text = Text schreiben
cmd-draw-stopwatch = Stoppuhr
cmd-draw-magnifier = Lupe
cmd-draw-undo = Rückgängig
cmd-draw-delete = Gewählte Figur löschen
cmd-draw-clear = Alle Zeichnungen löschen
cmd-call-left = Mein Urteil: links
cmd-call-right = Mein Urteil: rechts
cmd-call-none = Meine Entscheidung: keiner oder beide
cmd-repetition = Videobeweis nutzen
cmd-judge-again = Neu urteilen
cmd-judge-cancel = Abbrechen
cmd-fencer-left = Linken Fechter zeigen
cmd-fencer-right = Rechten Fechter zeigen
cmd-touch-left = Links traf hier
cmd-touch-right = Rechts traf hier
cmd-touch-both = Beide trafen hier
cmd-export-clip = Film speichern
cmd-export-overlay = Film mit Anzeige sichern
cmd-export-still = Dieses Bild sichern
cmd-export-json = Daten sichern
cmd-export-report = Bericht sichern
cmd-export-cancel = Speichern abbrechen

help-title = Hilfe
guide-keys = Alle Tasten
guide-what-to-do = Was tun
guide-search = In den Anleitungen suchen
guide-none = Nichts gefunden.
help-everywhere = Auf jeder Seite

notices-title = Hinweise
notices-none = Noch ist nichts vorgefallen.

palette-hint = Ein paar Buchstaben, dann Eingabe.
palette-none = So heißt kein Befehl.
path-prompt = Pfad des Films, dann Enter
path-open = Öffnen
path-browse = Durchsuchen

privacy-on = AUSGEBLENDET. F9 zeigt das Bild wieder.

notice-no-repetition-left = Die vier erlaubten Wiederholungen sind verbraucht (t.60).
notice-nothing-chosen = Kein Film gewählt. Eine Datei lässt sich auch hereinziehen.
notice-no-dialog = Dieses System hat keinen Dateidialog. Schreiben Sie den Pfad eines Films in das Feld oder ziehen Sie die Datei auf das Fenster.
notice-dialog-open = Es ist schon ein Dateidialog offen. Er liegt vielleicht hinter diesem Fenster.
notice-second-window = Ein anderes Fenster dieses Programms ist mit denselben Einstellungen und demselben Gefecht offen. Schließen Sie eines: Was beide ändern, überschreibt das spätere.
notice-no-phrase-yet = Es wurde noch kein Gefechtsgang aufgenommen. Starten Sie einen auf der Bahn.
notice-export-runs = Es wird schon etwas gespeichert. Warten Sie darauf oder brechen Sie es ab.
notice-export-cancelled = Das Speichern wurde abgebrochen. Es blieb nichts zurück.
notice-saved = Gesichert
notice-clip-failed = Der Film lässt sich nicht öffnen:
notice-judge-failed = Der Gang konnte nicht beurteilt werden:
notice-fencer-nobody = Dort wurde niemand gefunden. Klicken Sie die Körpermitte des Fechters an, oder gehen Sie zu einem anderen Bild. Das Urteil bleibt, wie es war.
notice-fencer-already = Diese Person wird schon als dieser Fechter verfolgt.
notice-fencer-no-verdict = Ein Fechter kann gezeigt werden, sobald der Gang beurteilt ist.
notice-fencer-no-frame = Dieses Bild kann nicht gelesen werden. Gehen Sie zu einem anderen. Das Urteil bleibt, wie es war.
notice-fencer-failed = Der Fechter konnte nicht verfolgt werden; das Urteil bleibt, wie es war:
notice-nothing-saved = Nichts wurde gesichert:
notice-panic-report = Das Programm wurde durch einen eigenen Fehler beendet. Ein Bericht für die Entwickler liegt hier:
notice-welcome = Das ist der Vorführgang. Pfeiltasten gehen Bild für Bild, H zum Treffer. Eigenen Film hereinziehen oder Ctrl+O drücken. F2 ist die Bahn, live.

drop-here = Loslassen zum Öffnen
review-empty = Film hierher ziehen oder Ctrl+O drücken
review-empty-hint = Zwei Filme zusammen erscheinen nebeneinander.
review-blind = Zuerst Ihre Entscheidung: Strg+1 links, Strg+2 keiner oder beide, Strg+3 rechts
review-failed = Diese Aktion konnte nicht ausgewertet werden. Strg+J versucht es noch einmal; der Grund steht rechts.
review-idle = Nicht beurteilt. Strg+J urteilt.

stage-models = Modelle werden geladen
stage-opening = Film wird geöffnet
stage-watching = Fechter werden beobachtet
stage-following = Fechter wird verfolgt
stage-deciding = Urteil wird gefällt

transport-start = Anfang
transport-back = Zurück
transport-play = Abspielen
transport-pause = Pause
transport-forward = Vor
transport-end = Ende
transport-loop-start = Anf.
transport-loop-end = Ende
transport-touch = Treffer


touch-by-hand = Keine Lampe gefunden. Gehen Sie zum Bild des Treffers und wählen Sie die Lampe.

own-call = Mein Urteil
own-left = Links
own-none = Keiner
own-right = Rechts

opinion-referee = Kampfrichter
opinion-machine = Maschine

procedure = Videobeweise (höchstens vier)
appeals = Einsprüche

appeal-upheld = Stattgegeben (bleibt)
appeal-rejected = Abgelehnt (verbraucht)

exports = Sichern
export-runs = Speichert
export-loop-only = Filme werden auf die Schleife gekürzt.
picture = Bild
drawing = Auf das Bild zeichnen
draw-hint-line = Klicken Sie beide Enden der Linie an.
draw-hint-angle = Klicken Sie ein Schenkelende, die Ecke, das andere Ende an.
draw-hint-arrow = Klicken Sie das Ende, dann die Spitze an.
draw-hint-circle = Klicken Sie die Mitte, dann den Rand an.
draw-hint-text = Klicken Sie die Stelle an und schreiben Sie den Text hier.
draw-hint-stopwatch = Klicken Sie die Stelle der Stoppuhr an. Sie läuft ab diesem Bild.
draw-hint-magnifier = Klicken Sie die Mitte der Vergrößerung, dann den Rand an.
draw-text-hint = Text
draw-clock = { $secs } s · Bilder: { $frames }
draw-clock-start = Ab diesem Bild
draw-clock-stop = Bis zu diesem Bild
draw-on-clip = Ganzer Film
draw-on-frame = Dieses Bild
draw-on-loop = Schleife
draw-length-of-line = Diese Linie ist … lang (Bahn: 14 m, 1,5 bis 2 m breit). Gilt für diesen Abstand von der Kamera.
compare = Nebeneinander
compare-at-touch = Am Treffer ausgerichtet.
compare-at-start = Am Anfang ausgerichtet, bis der Treffer gefunden ist.

weapon-foil = Florett
weapon-epee = Degen
weapon-sabre = Säbel
weapon-guessed = Waffe unbekannt: als { $weapon } entschieden. Wählen Sie sie oben.

fencers = Falscher Fechter? Zeigen Sie den richtigen
fencer-hint-left = Klicken Sie den linken Fechter an (Esc: keinen)
fencer-hint-right = Klicken Sie den rechten Fechter an (Esc: keinen)
fencer-lost-left = Linker Fechter verloren
fencer-lost-right = Rechter Fechter verloren

lane-feet = Füße
lane-arm = Arm, Klinge
lane-box = Lampen
side-left-short = L
side-right-short = R
plot-distance = Abstand
plot-speed = Tempo

action-advance = Schritt vor
action-retreat = Schritt zurück
action-pause = Halt
action-lunge = Ausfall
action-fleche = Flèche
action-arm-extension = Armstreckung
action-arm-withdrawal = Arm zurück
action-point-in-line = in Linie
action-final-movement = Schlussaktion
action-parry = Parade
action-beat = Schlag

settings-look = Darstellung
settings-language = Sprache
settings-theme = Farbschema
settings-motion = Animationen
motion-full = Kurze Übergänge
motion-reduced = Keine

theme-dark = Dunkel
theme-light = Hell
theme-contrast = Starker Kontrast

settings-text-size = Schriftgröße
settings-judge = Urteil
settings-weapon = Waffe neuer Filme
settings-min-confidence = „Zu knapp“ unter
settings-accurate = Genaues Posenmodell (langsamer)
settings-blind = Mein Urteil vor der Maschine
settings-auto-replay = Aufgenommenes von selbst zeigen
settings-call-scores = Meine Entscheidung zählt den Treffer
settings-lens = Objektiv
settings-lens-on = Objektivverzeichnung korrigieren
settings-lens-strength = Stärke
settings-lens-balance = Beschnitt
settings-lens-check = Geradenprobe
settings-lens-check-hint = Halten Sie das Kreuz an eine Kante, die in der Halle gerade ist; ziehen Sie über das Bild, bis sie auch hier gerade ist.
settings-lens-no-picture = Öffnen Sie einen Film oder starten Sie die Kamera, um das Objektiv am Bild zu prüfen.
settings-folders = Ordner
settings-results-folder = Gespeichertes kommt nach
settings-results-beside = neben den Film
settings-privacy = Privatsphäre
settings-privacy-now = Bild ausblenden
settings-privacy-note = Nichts verlässt dieses Gerät, solange kein Server gewählt ist.
settings-keys = Tasten
settings-reset = Standardwerte wiederherstellen
settings-search = Einstellung suchen
settings-page-piste = Bahn & Melder
settings-page-camera = Kamera & Aufnahme
settings-page-judge = Urteil
settings-page-look = Darstellung & Sprache
settings-page-keys = Tasten
settings-page-server = Server & Weiteres
cmd-settings-next = Nächste Seite der Einstellungen
cmd-settings-back = Vorige Seite der Einstellungen
settings-none-found = Keine Einstellung hat das im Namen.
settings-search-end = Suche beenden
settings-keys-hint = Auf ein Kürzel klicken, dann die neuen Tasten drücken. Escape lässt es, wie es ist.
settings-key-waits = Tasten drücken … (Esc)
settings-key-none = keine
settings-key-clear = Kein Kürzel
settings-key-restore = Ursprüngliches Kürzel
settings-key-swapped = „{ $command }“ liegt jetzt auf { $chord }, „{ $other }“ dafür auf { $old }.
settings-key-taken = Nicht geändert: { $chord } gehört zu „{ $other }“. Geben Sie diesem Befehl zuerst ein anderes Kürzel.
settings-key-unknown = Nicht geändert: { $chord } kann kein Kürzel sein. Nehmen Sie einen Buchstaben, eine Ziffer, F1 bis F12 oder einen Pfeil.
settings-clash = Auch das Kürzel von „{ $other }“.
