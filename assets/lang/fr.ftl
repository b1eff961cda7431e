# Français. Variables: sides as words, times in seconds, already in the language's own number format.

## Sides

side_left = gauche
side_right = droite
side_left_start = Gauche
side_right_start = Droite

## Calls

call_left = Touche à gauche
call_right = Touche à droite
call_simultaneous = Action simultanée, rien
call_double = Coup double
call_no_touch = Pas de touche
call_no_action = Aucune action vue
call_too_close = Trop serré pour trancher
call_open = Sans décision

## Confidence

confidence_sure = sûr
confidence_likely = probable
confidence_leaning = plutôt
confidence_too_close = trop serré

## Reasons: one sentence for each row of the decision table

reason_a0 = La phrase d'armes est annulée ; rien ne compte.
reason_a1 = Pas de lampe, pas de touche.
reason_open = Aucune lampe signalée ni trouvée.
reason_a2 = La touche est arrivée avant « Allez ! » ou après « Halte ! » ; elle est annulée.
reason_a9 = Croisement des pieds : la touche du tireur qui a croisé est annulée.
reason_l1 = Seule la lampe de { $winner } est allumée.
reason_l2 = Touche non valable ; rien.
reason_l3 = Défaut de matériel ; arrêt technique.
reason_e1 = Pas de priorité à l'épée : les deux touchent.
reason_b1 = Pointe en ligne de { $winner } ; l'attaque de { $loser } ne l'a pas écartée.
reason_b2 = Battement et attaque de { $winner } contre la pointe en ligne.
reason_b3 = L'attaque de { $loser } a cherché le fer sans le trouver (dérobement) ; priorité à { $winner }.
reason_b4 = Attaque de { $loser }, parade, riposte de { $winner }.
reason_b5 = Attaque de { $winner }, parade sans riposte, remise.
reason_b6 = Le battement de { $loser } a porté sur le fort ; riposte de { $winner }.
reason_b7 = Le fer de { $loser } a été trouvé sur la feinte ; riposte de { $winner }.
reason_b8 = Coup d'arrêt de { $winner }, dans le temps.
reason_b9 = L'attaque de { $loser } s'est interrompue ; attaque de { $winner }.
reason_b10 = Attaque de { $winner } sur la préparation de { $loser }.
reason_b11 = La fente de { $loser } était finie avant la touche ; priorité à { $winner }.
reason_b12 = L'attaque de { $loser } est tombée court ; nouvelle attaque de { $winner }.
reason_b13 = Attaque de { $winner } ; la contre-attaque de { $loser } n'est pas dans le temps.
reason_b14 = Les deux attaquent ensemble : action simultanée.
reason_n1 = Les deux tireurs étaient immobiles avant le signal : il n’y a pas de phrase d’armes à juger.
reason_b15 = Les faits ne tranchent pas : en garde.
reason_m1_side = Le mouvement d'ensemble favorise { $winner } ; aucune règle seule ne tranche.
reason_m1_none = Le mouvement d'ensemble paraît simultané.
reason_off_target_priority = L'action prioritaire est non valable : rien.

## Spoken before the call: what gave right of way

said_attack = Attaque de { $winner }
said_riposte = Riposte de { $winner }
said_counter = Contre-attaque de { $winner }
said_line = Pointe en ligne de { $winner }
said_correction = Correction. { $said }

## Facts

fact_stopped = { $side } s'est arrêtée de { $from } à { $to } s
fact_retreated = { $side } a reculé de { $from } à { $to } s
fact_no_stop_since = { $side } : sans arrêt depuis { $from } s
fact_fell_short = { $side } : fente finie à { $to } s, avant la touche
fact_arm_back = { $side } : bras ramené à { $to } s
fact_slow_start = { $side } est partie tard, à { $to } s
fact_attack_starts = { $side } : attaque commencée à { $from } s
fact_arm_starts = { $side } : bras parti à { $from } s
fact_lunge_starts = { $side } : fente commencée à { $from } s
fact_in_line = { $side } : pointe en ligne dès { $from } s
fact_parry = { $side } : parade à { $to } s
fact_riposte = { $side } : riposte à { $from } s
fact_beat = { $side } : battement à { $to } s
fact_beat_on_forte = { $side } : battement sur le fort à { $from } s
fact_search_missed = { $side } : fer cherché et manqué à { $from } s
fact_feint_found = { $side } : fer trouvé sur la feinte à { $from } s
fact_counter_attack = { $side } : contre-attaque à { $from } s
fact_final_movement = { $side } : final à { $from } s
fact_crossed = { $side } a croisé les pieds à { $from } s
fact_blades_met = Fers croisés à { $from } s ; parade ou non, cela reste ouvert
fact_lamp_valid = { $side } : lampe allumée à { $from } s
fact_lamp_off_target = { $side } : lampe blanche, non valable
fact_lamp_fault = { $side } : lampe blanche, défaut de matériel
fact_no_attack = { $side } n'a pas attaqué
fact_no_riposte = { $side } n'a pas riposté
fact_margin = { $side } { $ms } ms en avance (± { $uncertainty })
lights_apart = Gauche { $left } s, droite { $right } s : { $ms } ms d'écart, { $judged }
lights_apart_uncertain = Gauche { $left } s, droite { $right } s : { $ms } ms d'écart (± { $uncertainty }), { $judged }
lights_within = dans les { $shortest } ms
lights_outside = au-delà de { $longest } ms
lights_at_limit = à la limite ({ $shortest } à { $longest } ms)

## Missing information

missing_poses = les tireurs
missing_feet = un pied avant
missing_hand = une main armée
missing_blade = les lames
missing_label = Non vu : { $what }

## Lamps

lamp_off = éteinte
lamp_valid = valable
lamp_off_target = non valable
lamp_fault = défaut

## Cautions

caution_no_signal = Aucune lampe signalée ni trouvée : rien n’est accordé. Indiquez les lampes et l’instant de la touche, ou donnez le journal des signaux.
caution_one_fencer = Un seul tireur a été vu.
caution_no_fencers = Aucun tireur n'a été vu.
caution_shot_change = L'image passe à un autre plan.
caution_frames_dropped = Images perdues : { $value }.
caution_frames_undecodable = Images qui n'ont pas pu être décodées : { $value }.
caution_clock_mismatch = Les signaux et l'image divergent de { $value } s.
caution_changed_fencers = D'autres tireurs ont été sélectionnés à { $value } s.
caution_fencer_by_hand = Un tireur a été désigné à la main.
caution_long_gap = Pas d'image pendant { $value } s.
caution_coarse_frames = Une image toutes les { $value } s seulement : les départs sont imprécis.
caution_no_frames = Aucune image n'a été analysée.
caution_no_pair = Des personnes ont été vues, mais pas deux tireurs face à face.
caution_left_lost = Le tireur de gauche a été perdu par moments.
caution_right_lost = Le tireur de droite a été perdu par moments.
caution_sides_exchanged = Les tireurs étaient du côté opposé.
caution_absurd_size = La taille des tireurs dans l'image est invraisemblable.
caution_clip_broken = La vidéo s'interrompt : il manque environ { $value } s.
caution_other_phrase = Le journal des signaux semble venir d'une autre phrase : sa touche est hors de la vidéo.
caution_log_clock = L'horloge du journal ne commence pas avec la phrase : elle a été calée sur la fin de la vidéo.
caution_damaged_frames = Images endommagées : { $value }.
caution_repeated_frames = Des images sont répétées : la vidéo ne montre du nouveau que toutes les { $value } s.
caution_interlaced = La vidéo est entrelacée : ses trames ont été converties en images.
caution_other_streams = Le fichier contient { $value } autres flux vidéo : le plus grand a été jugé.
caution_turned = La vidéo était couchée : elle a été tournée de { $value } degrés dans le sens horaire.
caution_sideways = La vidéo semble couchée : tournez-la de { $value } degrés dans le sens horaire.
caution_slow_motion = Cela semble être un ralenti. La priorité reste ouverte tant que la vitesse n'est pas donnée (1 pour le temps réel).
caution_slow_capture = Le fichier indique un ralenti, { $value } fois plus long que la scène. La priorité reste ouverte tant que la vitesse n'est pas confirmée.
caution_scene_speed = Jugé comme ralenti : une seconde de la vidéo vaut { $value } s de la scène, et les temps sont ceux de la scène.
caution_other = À prendre avec prudence.
