# Deutsch. Variables: sides as words, times in seconds, already in the language's own number format.

## Sides

side_left = links
side_right = rechts
side_left_start = Links
side_right_start = Rechts

## Calls

call_left = Treffer links
call_right = Treffer rechts
call_simultaneous = Gleichzeitig, kein Treffer
call_double = Doppeltreffer
call_no_touch = Kein Treffer
call_no_action = Keine Aktion gesehen
call_too_close = Zu knapp zum Entscheiden
call_open = Nicht entschieden

## Confidence

confidence_sure = sicher
confidence_likely = wahrscheinlich
confidence_leaning = eher
confidence_too_close = zu knapp

## Reasons: one sentence for each row of the decision table

reason_a0 = Der Gang wurde abgebrochen; nichts zählt.
reason_a1 = Keine Lampe, kein Treffer.
reason_open = Keine Lampe gemeldet oder gefunden.
reason_a2 = Der Treffer fiel vor „Los!“ oder nach „Halt!“; er wird annulliert.
reason_a9 = Kreuzschritt: Der Treffer dessen, der gekreuzt hat, wird annulliert.
reason_l1 = Nur { $winner } leuchtet die Lampe.
reason_l2 = Ungültige Fläche; kein Treffer.
reason_l3 = Materialfehler; technischer Halt.
reason_e1 = Im Degen gibt es kein Vorrecht: Beide treffen.
reason_b1 = Spitze in Linie von { $winner }; der Angriff von { $loser } hat sie nicht beseitigt.
reason_b2 = Battuta und Angriff von { $winner } gegen die Spitze in Linie.
reason_b3 = Der Angriff von { $loser } suchte die Klinge und verfehlte sie; Vorrecht { $winner }.
reason_b4 = Angriff von { $loser }, Parade, Riposte von { $winner }.
reason_b5 = Angriff von { $winner }, Parade ohne Riposte, Remise.
reason_b6 = Die Battuta von { $loser } traf die Stärke; Riposte von { $winner }.
reason_b7 = Die Klinge von { $loser } wurde bei der Finte gefunden; Riposte von { $winner }.
reason_b8 = Sperrstoß von { $winner }, im Tempo.
reason_b9 = Der Angriff von { $loser } brach ab; Angriff von { $winner }.
reason_b10 = Angriff von { $winner } in die Vorbereitung von { $loser }.
reason_b11 = Der Ausfall von { $loser } war vor dem Treffer zu Ende; Vorrecht { $winner }.
reason_b12 = Der Angriff von { $loser } war zu kurz; neuer Angriff von { $winner }.
reason_b13 = Angriff von { $winner }; der Gegenangriff von { $loser } ist nicht im Tempo.
reason_b14 = Beide greifen zusammen an: gleichzeitig.
reason_n1 = Beide Fechter standen vor der Lampe still: Es gibt keinen Gang zu beurteilen.
reason_b15 = Die Beobachtungen entscheiden nicht: zurück in die Stellung.
reason_m1_side = Die Bewegung im Ganzen spricht für { $winner }; keine einzelne Regel entscheidet.
reason_m1_none = Die Bewegung im Ganzen sieht gleichzeitig aus.
reason_off_target_priority = Die Aktion mit Vorrecht traf ungültige Fläche: kein Treffer.

## Spoken before the call: what gave right of way

said_attack = Angriff von { $winner }
said_riposte = Riposte von { $winner }
said_counter = Gegenangriff von { $winner }
said_line = Spitze in Linie von { $winner }
said_correction = Korrektur. { $said }

## Facts

fact_stopped = { $side } stand von { $from } bis { $to } s
fact_retreated = { $side } wich von { $from } bis { $to } s zurück
fact_no_stop_since = { $side }: ohne Pause seit { $from } s
fact_fell_short = { $side }: Ausfall zu Ende bei { $to } s, vor dem Treffer
fact_arm_back = { $side }: Arm zurückgezogen bei { $to } s
fact_slow_start = { $side } ging spät los, bei { $to } s
fact_attack_starts = { $side }: Angriff begann bei { $from } s
fact_arm_starts = { $side }: Arm begann bei { $from } s
fact_lunge_starts = { $side }: Ausfall begann bei { $from } s
fact_in_line = { $side }: Spitze in Linie ab { $from } s
fact_parry = { $side }: Parade bei { $to } s
fact_riposte = { $side }: Riposte bei { $from } s
fact_beat = { $side }: Battuta bei { $to } s
fact_beat_on_forte = { $side }: Battuta auf die Stärke bei { $from } s
fact_search_missed = { $side }: Klinge gesucht und verfehlt bei { $from } s
fact_feint_found = { $side }: Klinge bei der Finte gefunden bei { $from } s
fact_counter_attack = { $side }: Gegenangriff bei { $from } s
fact_final_movement = { $side }: Finale ab { $from } s
fact_crossed = { $side } kreuzte die Füße bei { $from } s
fact_blades_met = Die Klingen trafen sich bei { $from } s; ob das eine Parade war, bleibt offen
fact_lamp_valid = { $side }: Lampe an bei { $from } s
fact_lamp_off_target = { $side }: weiße Lampe, ungültig
fact_lamp_fault = { $side }: weiße Lampe, Materialfehler
fact_no_attack = { $side } griff nicht an
fact_no_riposte = { $side } ripostierte nicht
fact_margin = { $side } { $ms } ms voraus (± { $uncertainty })
lights_apart = Links { $left } s, rechts { $right } s: { $ms } ms Abstand, { $judged }
lights_apart_uncertain = Links { $left } s, rechts { $right } s: { $ms } ms Abstand (± { $uncertainty }), { $judged }
lights_within = innerhalb { $shortest } ms
lights_outside = außerhalb { $longest } ms
lights_at_limit = an der Grenze ({ $shortest } bis { $longest } ms)

## Missing information

missing_poses = die Fechter
missing_feet = ein vorderer Fuß
missing_hand = eine Waffenhand
missing_blade = die Klingen
missing_label = Nicht gesehen: { $what }

## Lamps

lamp_off = aus
lamp_valid = gültig
lamp_off_target = ungültig
lamp_fault = Fehler

## Cautions

caution_no_signal = Keine Lampe gemeldet oder gefunden: Es wird nichts gegeben. Lampen und Zeitpunkt des Treffers nennen oder das Signalprotokoll angeben.
caution_one_fencer = Nur ein Fechter wurde gesehen.
caution_no_fencers = Kein Fechter wurde gesehen.
caution_shot_change = Das Bild springt in eine andere Einstellung.
caution_frames_dropped = Verlorene Bilder: { $value }.
caution_frames_undecodable = Bilder, die nicht gelesen werden konnten: { $value }.
caution_clock_mismatch = Signale und Bild weichen um { $value } s voneinander ab.
caution_changed_fencers = Bei { $value } s wurden andere Fechter ausgewählt.
caution_fencer_by_hand = Ein Fechter wurde von Hand gezeigt.
caution_long_gap = Kein Bild für { $value } s.
caution_coarse_frames = Nur alle { $value } s ein Bild: Anfänge sind nur grob bekannt.
caution_no_frames = Kein Bild wurde ausgewertet.
caution_no_pair = Es wurden Leute gesehen, aber keine zwei Fechter gegenüber.
caution_left_lost = Der linke Fechter war zeitweise verloren.
caution_right_lost = Der rechte Fechter war zeitweise verloren.
caution_sides_exchanged = Die Fechter standen auf vertauschten Seiten.
caution_absurd_size = Die Größe der Fechter im Bild ist unglaubhaft.
caution_clip_broken = Das Video bricht ab: etwa { $value } s fehlen.
caution_other_phrase = Das Signalprotokoll gehört wohl zu einem anderen Gefecht: sein Treffer liegt außerhalb des Videos.
caution_log_clock = Die Uhr des Signalprotokolls beginnt nicht mit dem Gefecht: sie wurde am Ende des Videos ausgerichtet.
caution_damaged_frames = Beschädigte Bilder: { $value }.
caution_repeated_frames = Bilder wiederholen sich: der Clip zeigt nur alle { $value } s etwas Neues.
caution_interlaced = Der Clip ist im Zeilensprungverfahren aufgenommen: aus Halbbildern wurden Vollbilder.
caution_other_streams = Die Datei enthält { $value } weitere Videospuren; die größte wurde beurteilt.
caution_turned = Der Clip lag auf der Seite: er wurde um { $value } Grad im Uhrzeigersinn gedreht.
caution_sideways = Der Clip liegt anscheinend auf der Seite: um { $value } Grad im Uhrzeigersinn drehen.
caution_slow_motion = Das ist anscheinend Zeitlupe. Das Vorrecht bleibt offen, bis die Geschwindigkeit angegeben wird (1 für Echtzeit).
caution_slow_capture = Laut Datei ist das Zeitlupe, { $value }-mal so lang wie die Szene. Das Vorrecht bleibt offen, bis die Geschwindigkeit bestätigt ist.
caution_scene_speed = Als Zeitlupe beurteilt: eine Sekunde des Clips sind { $value } s der Szene, Zeiten sind die der Szene.
caution_other = Dieses Urteil ist mit Vorsicht zu betrachten.
