# Spanish: the words of the window. Hints keep their shortcut out of the text where it can be changed.

screen-review = Revisión
screen-settings = Ajustes

close = Cerrar

on = Sí

off = No

cmd-show-review = Ir a la revisión
cmd-show-settings = Ir a los ajustes
cmd-palette = Comandos
cmd-help = Ayuda
cmd-replay-last = Repetir la última frase
cmd-open = Abrir un vídeo
cmd-open-path = Escribir la ruta de un clip
cmd-full-screen = Pantalla completa
cmd-close-top = Cerrar lo que está encima
cmd-setup = Preparar la pista
setup-title = Preparar la pista
setup-camera = Cámara
setup-touches = Tocados
setup-weapon = Arma
setup-sound = Sonido
setup-test = Tocado de prueba
setup-test-how = Cada tirador toca una vez. Sin aparato, inicie una frase y pulse 1 y 3.
setup-ready = listo
setup-missing = todavía no
setup-done = Hecho
cmd-public-screen = Pantalla para el público
public-screen = Pantalla para el público
cmd-privacy = Ocultar la imagen
cmd-dismiss = Descartar
cmd-notices = Todos los avisos
cmd-play = Reproducir o parar
cmd-frame-back = Un fotograma atrás
cmd-frame-forward = Un fotograma adelante
cmd-half-second-back = Medio segundo atrás
cmd-half-second-forward = Medio segundo adelante
cmd-shuttle-back = Reproducir hacia atrás
cmd-shuttle-stop = Parar
cmd-shuttle-forward = Reproducir hacia delante
cmd-speed-100 = Velocidad real
cmd-speed-50 = Media velocidad
cmd-speed-25 = Un cuarto de velocidad
cmd-speed-10 = Un décimo de velocidad
cmd-speed-5 = Un vigésimo de velocidad
cmd-to-start = Primer fotograma
cmd-to-end = Último fotograma
cmd-to-touch = Ir al tocado
cmd-replay-touch = Repetir el tocado
cmd-previous-event = Evento anterior
cmd-next-event = Evento siguiente
cmd-loop-start = Inicio del bucle
cmd-loop-end = Fin del bucle
cmd-loop = Bucle
cmd-loop-clear = Borrar el bucle
cmd-zoom-in = Ampliar
cmd-zoom-out = Reducir
cmd-zoom-reset = Ajustar
cmd-skeletons = Esqueletos
cmd-timeline = Cronología
cmd-verdict = Veredicto
cmd-compare = Comparar con otro clip
cmd-compare-close = Cerrar el segundo clip
cmd-nudge-back = Segundo clip, un fotograma atrás
cmd-nudge-forward = Segundo clip, un fotograma adelante
cmd-draw-line = Dibujar una línea
cmd-draw-angle = Dibujar un ángulo
cmd-draw-arrow = Dibujar una flecha
cmd-draw-circle = Dibujar un círculo
cmd-draw-text = Escribir un texto
cmd-draw-stopwatch = Cronómetro
cmd-draw-magnifier = Lupa
cmd-draw-undo = Deshacer
cmd-draw-delete = Borrar la figura elegida
cmd-draw-clear = Borrar todos los dibujos
cmd-call-left = Mi decisión: izquierda
cmd-call-right = Mi decisión: derecha
cmd-call-none = Mi decisión: nadie o los dos
cmd-repetition = Usar una revisión
cmd-judge-again = Juzgar de nuevo
cmd-judge-cancel = Detener
cmd-fencer-left = Señalar al tirador izquierdo
cmd-fencer-right = Señalar al tirador derecho
cmd-touch-left = Tocado izquierdo aquí
cmd-touch-right = Tocado derecho aquí
cmd-touch-both = Dos tocados aquí
cmd-export-clip = Guardar el clip
cmd-export-overlay = Guardar vídeo anotado
cmd-export-still = Guardar esta imagen
cmd-export-json = Guardar los datos
cmd-export-report = Guardar un informe
cmd-export-cancel = Detener el guardado

help-title = Ayuda
guide-keys = Todas las teclas
guide-what-to-do = Qué hacer
guide-search = Buscar en las guías
guide-none = Nada encontrado.
help-everywhere = En todas las pantallas

notices-title = Avisos
notices-none = Nada que señalar.

palette-hint = Escriba unas letras y pulse Intro.
palette-none = Ningún comando se llama así.
path-prompt = Ruta del clip y luego Intro
path-open = Abrir
path-browse = Examinar

privacy-on = OCULTA. F9 vuelve a mostrar la imagen.

notice-no-repetition-left = Las cuatro visiones permitidas están agotadas (t.60).
notice-nothing-chosen = Ningún vídeo elegido. También puede soltar un archivo.
notice-no-dialog = Este sistema no tiene diálogo de archivos. Escriba la ruta de un clip en el campo o suelte el archivo sobre la ventana.
notice-dialog-open = Ya hay un diálogo de archivos abierto. Búsquelo detrás de esta ventana.
notice-second-window = Hay otra ventana de este programa abierta con los mismos ajustes y el mismo asalto. Cierre una: lo que cambien las dos lo sobrescribe la última.
notice-no-phrase-yet = Aún no se ha grabado ninguna frase. Inicie una en la pista.
notice-export-runs = Ya se está guardando algo. Espere o deténgalo.
notice-export-cancelled = El guardado se detuvo. No quedó nada.
notice-saved = Guardado
notice-clip-failed = El vídeo no se puede abrir:
notice-judge-failed = La frase no se pudo juzgar:
notice-fencer-nobody = No se encontró a nadie ahí. Haga clic en el centro del cuerpo del tirador o vaya a otro fotograma. La decisión no cambia.
notice-fencer-already = Esta persona ya se sigue como ese tirador.
notice-fencer-no-verdict = Se puede señalar a un tirador en cuanto la frase esté juzgada.
notice-fencer-no-frame = Este fotograma no se puede leer. Vaya a otro. La decisión no cambia.
notice-fencer-failed = No se pudo seguir al tirador; la decisión no cambia:
notice-nothing-saved = No se guardó nada:
notice-panic-report = El programa se detuvo por un fallo propio. Hay un informe para sus desarrolladores aquí:
notice-welcome = Esta es la frase de muestra. Flechas para avanzar, H va al tocado. Suelte su vídeo o pulse Ctrl+O. F2: la pista en directo.

drop-here = Suelte para abrir
review-empty = Suelte aquí un vídeo, o pulse Ctrl+O
review-empty-hint = Dos clips juntos se muestran lado a lado.
review-blind = Primero su decisión: Ctrl+1 izquierda, Ctrl+2 nadie o los dos, Ctrl+3 derecha
review-failed = No se pudo analizar esta frase. Ctrl+J lo intenta de nuevo; la razón está a la derecha.
review-idle = Sin juzgar. Ctrl+J la juzga.

stage-models = Cargando los modelos
stage-opening = Abriendo el vídeo
stage-watching = Observando a los tiradores
stage-following = Siguiendo al tirador
stage-deciding = Decisión

transport-start = Inicio
transport-back = Atrás
transport-play = Reproducir
transport-pause = Pausa
transport-forward = Adelante
transport-end = Final
transport-loop-start = Ini.
transport-loop-end = Fin
transport-touch = Tocado


touch-by-hand = No se encontró ninguna luz. Vaya al fotograma del tocado y elija la luz.

own-call = Mi decisión
own-left = Izquierda
own-none = Ninguno
own-right = Derecha

opinion-referee = Árbitro
opinion-machine = Máquina

procedure = Revisiones de vídeo (cuatro como máximo)
appeals = Apelaciones

appeal-upheld = Aceptada (se conserva)
appeal-rejected = Denegada (gastada)

exports = Guardar
export-runs = Guardando
export-loop-only = Los clips se cortan al bucle.
picture = Imagen
drawing = Dibujar sobre la imagen
draw-hint-line = Haga clic en los dos extremos.
draw-hint-angle = Haga clic en un extremo, el vértice y el otro extremo.
draw-hint-arrow = Haga clic en el origen y en la punta.
draw-hint-circle = Haga clic en el centro y en el borde.
draw-hint-text = Haga clic en el lugar del texto y escríbalo aquí.
draw-hint-stopwatch = Haga clic en el lugar del cronómetro. Corre desde este fotograma.
draw-hint-magnifier = Haga clic en el centro de la ampliación y en el borde.
draw-text-hint = Texto
draw-clock = { $secs } s · fotogramas: { $frames }
draw-clock-start = Empieza en este fotograma
draw-clock-stop = Termina en este fotograma
draw-on-clip = Todo el clip
draw-on-frame = Este fotograma
draw-on-loop = Bucle
draw-length-of-line = Longitud de esta línea (pista: 14 m, ancho de 1,5 a 2 m). Vale a esta distancia de la cámara.
compare = Lado a lado
compare-at-touch = Alineados en el tocado.
compare-at-start = Alineados al inicio hasta hallar el tocado.

weapon-foil = Florete
weapon-epee = Espada
weapon-sabre = Sable
weapon-guessed = Arma desconocida: decidido como { $weapon }. Elíjala arriba.

fencers = ¿Tirador equivocado? Señale al correcto
fencer-hint-left = Haga clic en el tirador izquierdo (Esc: ninguno)
fencer-hint-right = Haga clic en el tirador derecho (Esc: ninguno)
fencer-lost-left = Tirador izquierdo perdido
fencer-lost-right = Tirador derecho perdido

lane-feet = Pies
lane-arm = Brazo, hoja
lane-box = Luces
side-left-short = I
side-right-short = D
plot-distance = Distancia
plot-speed = Velocidad

action-advance = marchar
action-retreat = romper
action-pause = parada
action-lunge = fondo
action-fleche = flecha
action-arm-extension = extensión
action-arm-withdrawal = retira el brazo
action-point-in-line = en línea
action-final-movement = acción final
action-parry = parada
action-beat = batimiento

settings-look = Aspecto
settings-language = Idioma
settings-theme = Tema
settings-motion = Animaciones
motion-full = Transiciones cortas
motion-reduced = Ninguno

theme-dark = Oscuro
theme-light = Claro
theme-contrast = Alto contraste

settings-text-size = Tamaño del texto
settings-judge = Juicio
settings-weapon = Arma de los vídeos nuevos
settings-min-confidence = «Demasiado justo» por debajo de
settings-accurate = Modelo de pose preciso (más lento)
settings-blind = Mi decisión antes que la máquina
settings-auto-replay = Repetir la frase por sí sola
settings-call-scores = Mi decisión cambia el marcador
settings-lens = Objetivo
settings-lens-on = Corregir la distorsión
settings-lens-strength = Cantidad
settings-lens-balance = Recorte
settings-lens-check = Prueba de rectas
settings-lens-check-hint = Ponga la cruz sobre un borde recto de la sala; arrastre sobre la imagen hasta que sea recto aquí.
settings-lens-no-picture = Abra un clip o inicie la cámara para probar la lente con su imagen.
settings-folders = Carpetas
settings-results-folder = Lo guardado va a
settings-results-beside = junto al clip
settings-privacy = Privacidad
settings-privacy-now = Ocultar la imagen
settings-privacy-note = Nada sale de este equipo si no se elige un servidor.
settings-keys = Teclas
settings-reset = Restaurar valores iniciales
settings-search = Buscar un ajuste
settings-page-piste = Pista y aparato
settings-page-camera = Cámara y grabación
settings-page-judge = Juicio
settings-page-look = Aspecto e idioma
settings-page-keys = Teclas
settings-page-server = Servidor y avanzado
cmd-settings-next = Página siguiente de los ajustes
cmd-settings-back = Página anterior de los ajustes
settings-none-found = Ningún ajuste lleva esto en su nombre.
settings-search-end = Terminar la búsqueda
settings-keys-hint = Haga clic en un atajo y pulse las teclas nuevas. Escape lo deja como está.
settings-key-waits = Pulse teclas … (Esc)
settings-key-none = ninguno
settings-key-clear = Sin atajo
settings-key-restore = Atajo original
settings-key-swapped = «{ $command }» tiene ahora { $chord }; «{ $other }» tiene { $old } a cambio.
settings-key-taken = Sin cambios: { $chord } es el atajo de «{ $other }». Dele antes otro atajo.
settings-key-unknown = Sin cambios: { $chord } no puede ser un atajo. Use una letra, una cifra, F1 a F12 o una flecha.
settings-clash = También el atajo de «{ $other }».
