# Italiano. Variables: sides as words, times in seconds, already in the language's own number format.

## Sides

side_left = sinistra
side_right = destra
side_left_start = Sinistra
side_right_start = Destra

## Calls

call_left = Stoccata a sinistra
call_right = Stoccata a destra
call_simultaneous = Azione simultanea, niente
call_double = Colpo doppio
call_no_touch = Nessuna stoccata
call_no_action = Nessuna azione vista
call_too_close = Troppo incerto per decidere
call_open = Nessuna decisione

## Confidence

confidence_sure = sicuro
confidence_likely = probabile
confidence_leaning = propendo
confidence_too_close = troppo incerto

## Reasons: one sentence for each row of the decision table

reason_a0 = La frase d'armi è annullata; non conta nulla.
reason_a1 = Nessuna lampada, nessuna stoccata.
reason_open = Nessuna lampada segnalata o trovata.
reason_a2 = La stoccata è arrivata prima di «A voi!» o dopo «Alt!»; è annullata.
reason_a9 = Incrocio dei piedi: la stoccata di chi ha incrociato è annullata.
reason_l1 = È accesa soltanto la lampada di { $winner }.
reason_l2 = Bersaglio non valido; niente.
reason_l3 = Guasto del materiale; arresto tecnico.
reason_e1 = Nella spada non c'è priorità: toccano entrambi.
reason_b1 = Punta in linea di { $winner }; l'attacco di { $loser } non l'ha deviata.
reason_b2 = Battuta e attacco di { $winner } contro la punta in linea.
reason_b3 = L'attacco di { $loser } ha cercato il ferro senza trovarlo (cavazione); priorità a { $winner }.
reason_b4 = Attacco di { $loser }, parata, risposta di { $winner }.
reason_b5 = Attacco di { $winner }, parata senza risposta, rimessa.
reason_b6 = La battuta di { $loser } è finita sul forte; risposta di { $winner }.
reason_b7 = Il ferro di { $loser } è stato trovato sulla finta; risposta di { $winner }.
reason_b8 = Arresto di { $winner }, in tempo.
reason_b9 = L'attacco di { $loser } si è interrotto; attacco di { $winner }.
reason_b10 = Attacco di { $winner } sulla preparazione di { $loser }.
reason_b11 = L'affondo di { $loser } era finito prima della stoccata; priorità a { $winner }.
reason_b12 = L'attacco di { $loser } è caduto corto; nuovo attacco di { $winner }.
reason_b13 = Attacco di { $winner }; il contrattacco di { $loser } è fuori tempo.
reason_b14 = Attaccano insieme: azione simultanea.
reason_n1 = I due schermitori erano fermi prima della luce: non c’è una frase da giudicare.
reason_b15 = I fatti non decidono: in guardia.
reason_m1_side = Il movimento nel suo insieme favorisce { $winner }; nessuna regola da sola decide.
reason_m1_none = Il movimento nel suo insieme sembra simultaneo.
reason_off_target_priority = L'azione con priorità è su bersaglio non valido: niente.

## Spoken before the call: what gave right of way

said_attack = Attacco di { $winner }
said_riposte = Risposta di { $winner }
said_counter = Contrattacco di { $winner }
said_line = Punta in linea di { $winner }
said_correction = Correzione. { $said }

## Facts

fact_stopped = { $side } si è fermata da { $from } a { $to } s
fact_retreated = { $side } ha indietreggiato da { $from } a { $to } s
fact_no_stop_since = { $side }: senza fermarsi da { $from } s
fact_fell_short = { $side }: affondo finito a { $to } s, prima della stoccata
fact_arm_back = { $side }: braccio ritirato a { $to } s
fact_slow_start = { $side } è partita tardi, a { $to } s
fact_attack_starts = { $side }: attacco iniziato a { $from } s
fact_arm_starts = { $side }: braccio partito a { $from } s
fact_lunge_starts = { $side }: affondo iniziato a { $from } s
fact_in_line = { $side }: punta in linea da { $from } s
fact_parry = { $side }: parata a { $to } s
fact_riposte = { $side }: risposta a { $from } s
fact_beat = { $side }: battuta a { $to } s
fact_beat_on_forte = { $side }: battuta sul forte a { $from } s
fact_search_missed = { $side }: ferro cercato e mancato a { $from } s
fact_feint_found = { $side }: ferro trovato sulla finta a { $from } s
fact_counter_attack = { $side }: contrattacco a { $from } s
fact_final_movement = { $side }: movimento finale da { $from } s
fact_crossed = { $side } ha incrociato i piedi a { $from } s
fact_blades_met = I ferri si toccarono a { $from } s; resta aperto se fu una parata
fact_lamp_valid = { $side }: lampada accesa a { $from } s
fact_lamp_off_target = { $side }: lampada bianca, non valido
fact_lamp_fault = { $side }: lampada bianca, guasto
fact_no_attack = { $side } non ha attaccato
fact_no_riposte = { $side } non ha risposto
fact_margin = { $side } in anticipo di { $ms } ms (± { $uncertainty })
lights_apart = Sinistra { $left } s, destra { $right } s: { $ms } ms di distanza, { $judged }
lights_apart_uncertain = Sinistra { $left } s, destra { $right } s: { $ms } ms di distanza (± { $uncertainty }), { $judged }
lights_within = entro { $shortest } ms
lights_outside = oltre { $longest } ms
lights_at_limit = al limite (da { $shortest } a { $longest } ms)

## Missing information

missing_poses = gli schermidori
missing_feet = un piede avanti
missing_hand = una mano armata
missing_blade = le lame
missing_label = Non visto: { $what }

## Lamps

lamp_off = spenta
lamp_valid = valida
lamp_off_target = non valida
lamp_fault = guasto

## Cautions

caution_no_signal = Nessuna lampada segnalata o trovata: non si assegna nulla. Indica le lampade e il momento della stoccata, o fornisci il registro dei segnali.
caution_one_fencer = È stato visto un solo schermidore.
caution_no_fencers = Non è stato visto nessuno schermidore.
caution_shot_change = L'immagine passa a un'altra inquadratura.
caution_frames_dropped = Fotogrammi persi: { $value }.
caution_frames_undecodable = Fotogrammi che non è stato possibile decodificare: { $value }.
caution_clock_mismatch = I segnali e l'immagine differiscono di { $value } s.
caution_changed_fencers = Altri schermidori sono stati selezionati a { $value } s.
caution_fencer_by_hand = Uno schermidore è stato indicato a mano.
caution_long_gap = Nessuna immagine per { $value } s.
caution_coarse_frames = Un fotogramma solo ogni { $value } s: gli inizi sono imprecisi.
caution_no_frames = Nessun fotogramma è stato analizzato.
caution_no_pair = Sono state viste persone, ma non due schermidori di fronte.
caution_left_lost = Lo schermidore di sinistra è stato perso a tratti.
caution_right_lost = Lo schermidore di destra è stato perso a tratti.
caution_sides_exchanged = Gli schermidori erano dai lati scambiati.
caution_absurd_size = La dimensione degli schermidori nell'immagine non è plausibile.
caution_clip_broken = Il video si interrompe: mancano circa { $value } s.
caution_other_phrase = Il registro dei segnali sembra di un'altra frase: la sua stoccata è fuori dal video.
caution_log_clock = L'orologio del registro non inizia con la frase: è stato allineato alla fine del video.
caution_damaged_frames = Fotogrammi danneggiati: { $value }.
caution_repeated_frames = Ci sono fotogrammi ripetuti: il video mostra qualcosa di nuovo solo ogni { $value } s.
caution_interlaced = Il video è interlacciato: i semiquadri sono stati convertiti in fotogrammi.
caution_other_streams = Il file contiene altri { $value } flussi video: è stato giudicato il più grande.
caution_turned = Il video era coricato: è stato ruotato di { $value } gradi in senso orario.
caution_sideways = Il video sembra coricato: ruotarlo di { $value } gradi in senso orario.
caution_slow_motion = Sembra un rallentatore. La priorità resta aperta finché non viene indicata la velocità (1 per il tempo reale).
caution_slow_capture = Il file indica un rallentatore, { $value } volte più lungo della scena. La priorità resta aperta finché la velocità non è confermata.
caution_scene_speed = Giudicato come rallentatore: un secondo del video vale { $value } s della scena, e i tempi sono quelli della scena.
caution_other = Da prendere con cautela.
