# Español. Variables: sides as words, times in seconds, already in the language's own number format.

## Sides

side_left = izquierda
side_right = derecha
side_left_start = Izquierda
side_right_start = Derecha

## Calls

call_left = Tocado a la izquierda
call_right = Tocado a la derecha
call_simultaneous = Acción simultánea, nada
call_double = Golpe doble
call_no_touch = No hay tocado
call_no_action = No se ve ninguna acción
call_too_close = Demasiado justo para decidir
call_open = Sin decisión

## Confidence

confidence_sure = seguro
confidence_likely = probable
confidence_leaning = más bien
confidence_too_close = demasiado justo

## Reasons: one sentence for each row of the decision table

reason_a0 = La frase de armas queda anulada; nada cuenta.
reason_a1 = Sin lámpara no hay tocado.
reason_open = No se comunicó ni se encontró lámpara.
reason_a2 = El tocado llegó antes de «¡Adelante!» o después de «¡Alto!»; queda anulado.
reason_a9 = Cruce de pies: se anula el tocado de quien ha cruzado.
reason_l1 = Solo se ha encendido la lámpara de la { $winner }.
reason_l2 = Blanco no válido; nada.
reason_l3 = Fallo del material; parada técnica.
reason_e1 = En espada no hay prioridad: tocan los dos.
reason_b1 = Punta en línea de la { $winner }; el ataque de la { $loser } no la ha desviado.
reason_b2 = Batimiento y ataque de la { $winner } contra la punta en línea.
reason_b3 = El ataque de la { $loser } buscó el hierro sin encontrarlo; prioridad para la { $winner }.
reason_b4 = Ataque de la { $loser }, parada, respuesta de la { $winner }.
reason_b5 = Ataque de la { $winner }, parada sin respuesta, remise.
reason_b6 = El batimiento de la { $loser } dio en el fuerte; respuesta de la { $winner }.
reason_b7 = El hierro de la { $loser } fue encontrado en la finta; respuesta de la { $winner }.
reason_b8 = Golpe de arresto de la { $winner }, a tiempo.
reason_b9 = El ataque de la { $loser } se interrumpió; ataque de la { $winner }.
reason_b10 = Ataque de la { $winner } a la preparación de la { $loser }.
reason_b11 = El fondo de la { $loser } había terminado antes del tocado; prioridad para la { $winner }.
reason_b12 = El ataque de la { $loser } quedó corto; nuevo ataque de la { $winner }.
reason_b13 = Ataque de la { $winner }; el contraataque de la { $loser } está fuera de tiempo.
reason_b14 = Atacan a la vez: acción simultánea.
reason_n1 = Los dos tiradores estaban quietos antes de la luz: no hay frase que juzgar.
reason_b15 = Los hechos no deciden: en guardia.
reason_m1_side = El movimiento en conjunto favorece a la { $winner }; ninguna regla sola decide.
reason_m1_none = El movimiento en conjunto parece simultáneo.
reason_off_target_priority = La acción con prioridad no es válida: nada.

## Spoken before the call: what gave right of way

said_attack = Ataque de la { $winner }
said_riposte = Respuesta de la { $winner }
said_counter = Contraataque de la { $winner }
said_line = Punta en línea de la { $winner }
said_correction = Corrección. { $said }

## Facts

fact_stopped = { $side } se paró de { $from } a { $to } s
fact_retreated = { $side } retrocedió de { $from } a { $to } s
fact_no_stop_since = { $side }: sin pararse desde los { $from } s
fact_fell_short = { $side }: fondo terminado a los { $to } s, antes del tocado
fact_arm_back = { $side }: brazo recogido a los { $to } s
fact_slow_start = { $side } salió tarde, a los { $to } s
fact_attack_starts = { $side }: ataque iniciado a los { $from } s
fact_arm_starts = { $side }: brazo iniciado a los { $from } s
fact_lunge_starts = { $side }: fondo iniciado a los { $from } s
fact_in_line = { $side }: punta en línea desde { $from } s
fact_parry = { $side }: parada a los { $to } s
fact_riposte = { $side }: respuesta a los { $from } s
fact_beat = { $side }: batimiento a los { $to } s
fact_beat_on_forte = { $side }: batimiento en el fuerte a los { $from } s
fact_search_missed = { $side }: hierro buscado y no encontrado a los { $from } s
fact_feint_found = { $side }: hierro encontrado en la finta a los { $from } s
fact_counter_attack = { $side }: contraataque a los { $from } s
fact_final_movement = { $side }: final a los { $from } s
fact_crossed = { $side } cruzó los pies a los { $from } s
fact_blades_met = Los hierros se tocaron a los { $from } s; queda abierto si fue una parada
fact_lamp_valid = { $side }: lámpara encendida a los { $from } s
fact_lamp_off_target = { $side }: lámpara blanca, no válido
fact_lamp_fault = { $side }: lámpara blanca, fallo del material
fact_no_attack = { $side } no atacó
fact_no_riposte = { $side } no respondió
fact_margin = { $side } { $ms } ms por delante (± { $uncertainty })
lights_apart = Izquierda { $left } s, derecha { $right } s: { $ms } ms de diferencia, { $judged }
lights_apart_uncertain = Izquierda { $left } s, derecha { $right } s: { $ms } ms de diferencia (± { $uncertainty }), { $judged }
lights_within = dentro de { $shortest } ms
lights_outside = fuera de { $longest } ms
lights_at_limit = en el límite (de { $shortest } a { $longest } ms)

## Missing information

missing_poses = los tiradores
missing_feet = un pie delantero
missing_hand = una mano armada
missing_blade = las hojas
missing_label = No visto: { $what }

## Lamps

lamp_off = apagada
lamp_valid = válida
lamp_off_target = no válida
lamp_fault = fallo

## Cautions

caution_no_signal = No se comunicó ni se encontró lámpara: no se concede nada. Indique las lámparas y el momento del tocado, o dé el registro de señales.
caution_one_fencer = Solo se vio a un tirador.
caution_no_fencers = No se vio a ningún tirador.
caution_shot_change = La imagen cambia de plano.
caution_frames_dropped = Imágenes perdidas: { $value }.
caution_frames_undecodable = Imágenes que no se pudieron descodificar: { $value }.
caution_clock_mismatch = Las señales y la imagen difieren en { $value } s.
caution_changed_fencers = Se seleccionó a otros tiradores a los { $value } s.
caution_fencer_by_hand = Un tirador se señaló a mano.
caution_long_gap = Sin imagen durante { $value } s.
caution_coarse_frames = Solo una imagen cada { $value } s: los inicios son imprecisos.
caution_no_frames = No se analizó ninguna imagen.
caution_no_pair = Se vieron personas, pero no dos tiradores enfrentados.
caution_left_lost = El tirador de la izquierda se perdió a ratos.
caution_right_lost = El tirador de la derecha se perdió a ratos.
caution_sides_exchanged = Los tiradores estaban en lados cambiados.
caution_absurd_size = El tamaño de los tiradores en la imagen no es verosímil.
caution_clip_broken = El vídeo se corta: faltan unos { $value } s.
caution_other_phrase = El registro de señales parece de otra frase: su tocado queda fuera del vídeo.
caution_log_clock = El reloj del registro no empieza con la frase: se alineó con el final del vídeo.
caution_damaged_frames = Imágenes dañadas: { $value }.
caution_repeated_frames = Hay imágenes repetidas: el vídeo solo muestra algo nuevo cada { $value } s.
caution_interlaced = El vídeo está entrelazado: sus campos se convirtieron en imágenes.
caution_other_streams = El archivo contiene otras { $value } pistas de vídeo: se juzgó la mayor.
caution_turned = El vídeo estaba tumbado: se giró { $value } grados en sentido horario.
caution_sideways = El vídeo parece tumbado: gírelo { $value } grados en sentido horario.
caution_slow_motion = Parece cámara lenta. La prioridad queda abierta hasta que se indique la velocidad (1 para tiempo real).
caution_slow_capture = El archivo indica cámara lenta, { $value } veces más larga que la escena. La prioridad queda abierta hasta que se confirme la velocidad.
caution_scene_speed = Juzgado como cámara lenta: un segundo del vídeo equivale a { $value } s de la escena, y los tiempos son los de la escena.
caution_other = Tómese con cautela.
