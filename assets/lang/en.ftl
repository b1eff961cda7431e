# English. Variables: sides as words, times in seconds, already in the language's own number format.

## Sides

side_left = left
side_right = right
side_left_start = Left
side_right_start = Right

## Calls

call_left = Touch left
call_right = Touch right
call_simultaneous = Simultaneous, no touch
call_double = Double touch
call_no_touch = No touch
call_no_action = No action seen
call_too_close = Too close to call
call_open = Not called

## Confidence

confidence_sure = sure
confidence_likely = likely
confidence_leaning = leaning
confidence_too_close = too close

## Reasons: one sentence for each row of the decision table

reason_a0 = The phrase was called off; nothing counts.
reason_a1 = No lamp, no touch.
reason_open = No lamp was reported or found.
reason_a2 = The touch came before “Play!” or after “Halt!”; it is annulled.
reason_a9 = Crossed feet: the touch of the fencer who passed the front foot is annulled.
reason_l1 = Only the { $winner } lamp is on.
reason_l2 = Off target; no touch is awarded.
reason_l3 = Equipment fault; the bout is stopped.
reason_e1 = Épée has no right of way: both touch.
reason_b1 = Point in line from the { $winner }; the attack from the { $loser } did not deflect it.
reason_b2 = Beat and attack from the { $winner } against the point in line.
reason_b3 = The attack from the { $loser } searched for the blade and missed it; priority to the { $winner }.
reason_b4 = Attack from the { $loser }, parry, riposte from the { $winner }.
reason_b5 = Attack from the { $winner }, parry without riposte, remise.
reason_b6 = The beat from the { $loser } met the forte; riposte from the { $winner }.
reason_b7 = The blade of the { $loser } was found on the feint; riposte from the { $winner }.
reason_b8 = Stop hit from the { $winner }, in time.
reason_b9 = The attack from the { $loser } stopped; attack from the { $winner }.
reason_b10 = Attack from the { $winner } into the preparation of the { $loser }.
reason_b11 = The lunge from the { $loser } ended before the hit; priority to the { $winner }.
reason_b12 = The attack from the { $loser } fell short; new attack from the { $winner }.
reason_b13 = Attack from the { $winner }; the counter-attack from the { $loser } is out of time.
reason_b14 = Both attack together: simultaneous.
reason_n1 = Both fencers stood still before the light: there is no phrase to judge.
reason_b15 = The facts do not decide; back on guard.
reason_m1_side = The action as a whole favours the { $winner }; no single rule decides.
reason_m1_none = The action as a whole looks simultaneous.
reason_off_target_priority = The action with right of way was off target; no touch is awarded.

## Spoken before the call: what gave right of way

said_attack = Attack from the { $winner }
said_riposte = Riposte from the { $winner }
said_counter = Counter-attack from the { $winner }
said_line = Point in line from the { $winner }
said_correction = Correction. { $said }

## Facts

fact_stopped = { $side } stopped from { $from } to { $to } s
fact_retreated = { $side } retreated from { $from } to { $to } s
fact_no_stop_since = { $side }: no stop since { $from } s
fact_fell_short = { $side }: lunge over at { $to } s, before the touch
fact_arm_back = { $side }: arm taken back at { $to } s
fact_slow_start = { $side } set off late, at { $to } s
fact_attack_starts = { $side }: attack started at { $from } s
fact_arm_starts = { $side }: arm started at { $from } s
fact_lunge_starts = { $side }: lunge started at { $from } s
fact_in_line = { $side }: point in line from { $from } s
fact_parry = { $side }: parry at { $to } s
fact_riposte = { $side }: riposte at { $from } s
fact_beat = { $side }: beat at { $to } s
fact_beat_on_forte = { $side }: beat on the forte at { $from } s
fact_search_missed = { $side }: blade searched and missed at { $from } s
fact_feint_found = { $side }: blade found on the feint at { $from } s
fact_counter_attack = { $side }: counter-attack at { $from } s
fact_final_movement = { $side }: last movement from { $from } s
fact_crossed = { $side } crossed the feet at { $from } s
fact_blades_met = The blades met at { $from } s; whether that was a parry stays open
fact_lamp_valid = { $side }: lamp on at { $from } s
fact_lamp_off_target = { $side }: white lamp, off target
fact_lamp_fault = { $side }: white lamp, equipment fault
fact_no_attack = { $side } did not attack
fact_no_riposte = { $side } did not riposte
fact_margin = { $side } { $ms } ms ahead (± { $uncertainty })
lights_apart = Left { $left } s, right { $right } s: { $ms } ms apart, { $judged }
lights_apart_uncertain = Left { $left } s, right { $right } s: { $ms } ms apart (± { $uncertainty }), { $judged }
lights_within = within { $shortest } ms
lights_outside = outside { $longest } ms
lights_at_limit = at the limit ({ $shortest } to { $longest } ms)

## Missing information

missing_poses = the fencers
missing_feet = a front foot
missing_hand = a weapon hand
missing_blade = the blades
missing_label = Not seen: { $what }

## Lamps

lamp_off = off
lamp_valid = valid
lamp_off_target = off target
lamp_fault = fault

## Cautions

caution_no_signal = No lamp was reported or found, so no touch is awarded. Enter the lamps and the time of the touch, or provide the signal log.
caution_one_fencer = Only one fencer was seen.
caution_no_fencers = No fencer was seen.
caution_shot_change = The video cuts to another view.
caution_frames_dropped = Frames were lost: { $value }.
caution_frames_undecodable = Frames could not be decoded: { $value }.
caution_clock_mismatch = Signals and video differ by { $value } s.
caution_changed_fencers = A different pair of fencers was selected at { $value } s.
caution_fencer_by_hand = A fencer was pointed out by hand.
caution_long_gap = No video for { $value } s.
caution_coarse_frames = Only one frame every { $value } s: the starts of actions are imprecise.
caution_no_frames = No frame was analysed.
caution_no_pair = People were seen, but no two fencers facing each other.
caution_left_lost = The left fencer was lost for part of the phrase.
caution_right_lost = The right fencer was lost for part of the phrase.
caution_sides_exchanged = The fencers had changed sides.
caution_absurd_size = The fencers’ size in the video is implausible.
caution_clip_broken = The clip breaks off: about { $value } s are missing.
caution_other_phrase = The signal log seems to belong to another phrase: its touch is outside the clip.
caution_log_clock = The signal log’s clock does not start with the phrase; it was aligned with the end of the clip.
caution_damaged_frames = Damaged frames: { $value }.
caution_repeated_frames = Frames are repeated: the clip has a new frame only every { $value } s.
caution_interlaced = The clip is interlaced; it was deinterlaced.
caution_other_streams = The file contains { $value } more video streams; the largest was judged.
caution_turned = The clip was sideways; it was rotated clockwise by { $value } degrees.
caution_sideways = The clip seems to be sideways: rotate it clockwise by { $value } degrees.
caution_slow_motion = This seems to be slow motion. Right of way stays open until its speed is entered (1 for real time).
caution_slow_capture = The file is marked as slow motion, { $value } times as long as the scene. Right of way stays open until the speed is confirmed.
caution_scene_speed = Judged as slow motion: one second of the clip is { $value } s of the scene; times are those of the scene.
caution_other = Treat this verdict with caution.
