# 中文. Variables: sides as words, times in seconds, already in the language's own number format.

## Sides

side_left = 左方
side_right = 右方
side_left_start = 左方
side_right_start = 右方

## Calls

call_left = 左方得分
call_right = 右方得分
call_simultaneous = 同时进攻，无得分
call_double = 互中
call_no_touch = 无得分
call_no_action = 未见动作
call_too_close = 难以判定
call_open = 未判定

## Confidence

confidence_sure = 确定
confidence_likely = 很可能
confidence_leaning = 倾向于
confidence_too_close = 难以判定

## Reasons: one sentence for each row of the decision table

reason_a0 = 本回合已取消，一切无效。
reason_a1 = 未亮灯，无得分。
reason_open = 没有收到或找到灯光信号。
reason_a2 = 击中发生在“开始”之前或“停”之后，判为无效。
reason_a9 = 交叉步：交叉一方的击中无效。
reason_l1 = 只有{ $winner }亮灯。
reason_l2 = 击中无效部位，无得分。
reason_l3 = 器材故障，技术暂停。
reason_e1 = 重剑没有优先权：双方均得分。
reason_b1 = { $winner }击剑线在先；{ $loser }的进攻未能拨开。
reason_b2 = { $winner }击打破坏击剑线后进攻。
reason_b3 = { $loser }进攻寻剑落空；优先权归{ $winner }。
reason_b4 = { $loser }进攻，{ $winner }防守还击。
reason_b5 = { $winner }进攻，对方防守未还击，延续进攻。
reason_b6 = { $loser }击打在剑身强部；{ $winner }还击。
reason_b7 = { $loser }假动作时剑被防住；{ $winner }还击。
reason_b8 = { $winner }及时反攻有效。
reason_b9 = { $loser }进攻中断；{ $winner }进攻。
reason_b10 = { $winner }进攻对方（{ $loser }）的准备动作。
reason_b11 = { $loser }弓步在击中之前已结束；优先权归{ $winner }。
reason_b12 = { $loser }进攻未到；{ $winner }重新进攻。
reason_b13 = { $winner }进攻；{ $loser }反攻不及时。
reason_b14 = 双方同时进攻。
reason_n1 = 亮灯前双方均静止：没有可判的交锋。
reason_b15 = 事实不足以判定：重新实战姿势。
reason_m1_side = 整体动作有利于{ $winner }；没有单一规则可以判定。
reason_m1_none = 整体动作看来是同时的。
reason_off_target_priority = 拥有优先权的动作击中无效部位：无得分。

## Spoken before the call: what gave right of way

said_attack = { $winner }进攻
said_riposte = { $winner }还击
said_counter = { $winner }反攻
said_line = { $winner }击剑线
said_correction = 更正：{ $said }

## Facts

fact_stopped = { $side }在{ $from }至{ $to }秒停顿
fact_retreated = { $side }在{ $from }至{ $to }秒后退
fact_no_stop_since = { $side }自{ $from }秒起未停顿
fact_fell_short = { $side }弓步于{ $to }秒结束，早于击中
fact_arm_back = { $side }于{ $to }秒收臂
fact_slow_start = { $side }启动较晚，{ $to }秒
fact_attack_starts = { $side }于{ $from }秒开始进攻
fact_arm_starts = { $side }于{ $from }秒伸臂
fact_lunge_starts = { $side }于{ $from }秒开始弓步
fact_in_line = { $side }自{ $from }秒起保持击剑线
fact_parry = { $side }于{ $to }秒防守
fact_riposte = { $side }于{ $from }秒还击
fact_beat = { $side }于{ $to }秒击打
fact_beat_on_forte = { $side }于{ $from }秒击打剑身强部
fact_search_missed = { $side }于{ $from }秒寻剑落空
fact_feint_found = { $side }于{ $from }秒假动作中被触剑
fact_counter_attack = { $side }于{ $from }秒反攻
fact_final_movement = { $side }于{ $from }秒开始最后动作
fact_crossed = { $side }于{ $from }秒交叉步
fact_blades_met = 双方剑身于{ $from }秒相触；是否为格挡尚不确定
fact_lamp_valid = { $side }于{ $from }秒亮灯
fact_lamp_off_target = { $side }：白灯，无效部位
fact_lamp_fault = { $side }：白灯，器材故障
fact_no_attack = { $side }没有进攻
fact_no_riposte = { $side }没有还击
fact_margin = { $side }领先{ $ms }毫秒（± { $uncertainty }）
lights_apart = 左方{ $left }秒，右方{ $right }秒：相差{ $ms }毫秒，{ $judged }
lights_apart_uncertain = 左方{ $left }秒，右方{ $right }秒：相差{ $ms }毫秒（±{ $uncertainty }），{ $judged }
lights_within = 在{ $shortest }毫秒之内
lights_outside = 超过{ $longest }毫秒
lights_at_limit = 处于界限（{ $shortest }至{ $longest }毫秒）

## Missing information

missing_poses = 双方运动员
missing_feet = 前脚
missing_hand = 持剑手
missing_blade = 剑身
missing_label = 未观察到：{ $what }

## Lamps

lamp_off = 熄灭
lamp_valid = 有效
lamp_off_target = 无效
lamp_fault = 故障

## Cautions

caution_no_signal = 没有收到或找到灯光信号，因此不判分。请指明灯光和击中时刻，或提供信号记录。
caution_one_fencer = 只看到一名运动员。
caution_no_fencers = 未看到运动员。
caution_shot_change = 画面切换了镜头。
caution_frames_dropped = 丢失帧数：{ $value }。
caution_frames_undecodable = 无法解码的帧数：{ $value }。
caution_clock_mismatch = 信号与画面相差{ $value }秒。
caution_changed_fencers = 双方运动员在{ $value }秒重新选定。
caution_fencer_by_hand = 一方运动员由人工指定。
caution_long_gap = 画面中断{ $value }秒。
caution_coarse_frames = 每{ $value }秒才有一帧：动作起始时间不精确。
caution_no_frames = 未看到任何画面。
caution_no_pair = 看到了人，但没有相对的两名运动员。
caution_left_lost = 左方运动员一度丢失。
caution_right_lost = 右方运动员一度丢失。
caution_sides_exchanged = 双方位置互换。
caution_absurd_size = 画面中运动员的尺寸不合理。
caution_clip_broken = 视频中断：约缺{ $value }秒。
caution_other_phrase = 信号记录似乎属于另一回合：其击中时刻不在视频之内。
caution_log_clock = 信号记录的时钟不从本回合开始：已按视频结尾对齐。
caution_damaged_frames = 损坏的帧：{ $value }。
caution_repeated_frames = 有重复的帧：视频每{ $value }秒才有新画面。
caution_interlaced = 视频为隔行扫描：已将场合成为帧。
caution_other_streams = 文件还含有{ $value }个视频流：已判定最大的一个。
caution_turned = 视频是横放的：已顺时针旋转{ $value }度。
caution_sideways = 视频似乎是横放的：请顺时针旋转{ $value }度。
caution_slow_motion = 这似乎是慢动作。在给出播放速度（实时为1）之前，优先权不作判定。
caution_slow_capture = 文件标明为慢动作，时长是实际的{ $value }倍。在确认速度之前，优先权不作判定。
caution_scene_speed = 按慢动作判定：视频的一秒等于实际的{ $value }秒，所有时间均为实际时间。
caution_other = 请谨慎对待此判定。
