//! Drawings on the picture: what is there and when it is shown, what is being drawn or moved, and the way back. Does not depend on the toolkit.

use super::figure::{DrawnPoint, Figure, FigureLayout, MAGNIFICATION, Tool, layout_of};
use fencing::geometry::{FrameSize, ImagePoint, ImageRect};
use fencing::time::{Span, Timestamp, nearest_index};
use fencing::wording::Words;
use records::overlay::{Anchor, Colour, Layer, Shape, Weight};
use std::sync::Arc;

/// How many steps back are kept.
const UNDO_STEPS: usize = 100;
/// How far from its span a drawing is still shown: less than half a frame at 240 frames per second, more than the rounding of a
/// frame's time.
const SAME_FRAME_SECS: f64 = 0.002;

/// A command for the drawings.
#[derive(Clone, Debug, PartialEq)]
pub enum DrawCommand {
    /// Takes a tool in hand; the same one again puts it away.
    Take(Tool),
    /// A click on the picture; what lies within `reach` of it counts as touched.
    Click {
        /// Where.
        at: DrawnPoint,
        /// How near is near, in picture heights.
        reach: f32,
    },
    /// The mouse goes down to move something.
    Grab {
        /// Where.
        at: DrawnPoint,
        /// How near is near, in picture heights.
        reach: f32,
    },
    /// The mouse moves with what it grabbed.
    DragTo(DrawnPoint),
    /// The mouse lets go.
    Release,
    /// Takes the chosen figure away; the last one when none is chosen.
    Delete,
    /// The frames on which the chosen figure is shown; `None` for the whole clip.
    ShowOn(Option<Span>),
    /// The chosen line is this many metres long; every line says its length from then on.
    Calibrate(f32),
    /// The words of the chosen text.
    Write(String),
    /// The chosen stopwatch starts at the frame on the screen.
    StartClock,
    /// The chosen stopwatch stops at the frame on the screen.
    StopClock,
    /// Undoes the last change.
    Undo,
    /// Removes everything.
    Clear,
}

/// What is held by the mouse: one end of a figure, or all of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Grip {
    End { figure: usize, end: usize },
    Whole { figure: usize, last: DrawnPoint },
}

/// A figure and the frames that show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The figure.
    pub figure: Figure,
    /// From the first to the last frame that shows it; `None` for the whole clip.
    pub shown: Option<Span>,
    /// The words of a text.
    pub text: String,
    /// The times of a stopwatch.
    pub clock: Stopwatch,
}

/// Longest text of a label, in characters: one line over half a picture.
pub const LONGEST_TEXT: usize = 60;

/// The times between which a stopwatch runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stopwatch {
    /// Time of the frame at which it starts.
    pub start: Timestamp,
    /// Time of the frame at which it stops; `None` while it runs on.
    pub stop: Option<Timestamp>,
}

impl Stopwatch {
    /// From the start to the frame on the screen, or to the stop if that is earlier; nothing before the start.
    fn span_at(self, now: Timestamp) -> Span {
        let until = self.stop.map_or(now, |stop| now.min(stop)).max(self.start);
        Span::between(self.start, until)
    }
}

impl Drawn {
    /// Whether the frame of a time shows it.
    pub fn is_shown_at(&self, at: Timestamp) -> bool {
        self.shown.is_none_or(|span| {
            at.secs() >= span.start.secs() - SAME_FRAME_SECS && at.secs() <= span.end.secs() + SAME_FRAME_SECS
        })
    }
}

/// What one step of undo brings back.
#[derive(Clone, Debug, Default, PartialEq)]
struct DrawingSheet {
    figures: Vec<Drawn>,
    metres_per_height: Option<f32>,
}

/// Everything that was drawn on one clip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawings {
    sheet: DrawingSheet,
    before: Vec<DrawingSheet>,
    tool: Option<Tool>,
    pending: Vec<DrawnPoint>,
    chosen: Option<usize>,
    grip: Option<Grip>,
    /// Whether the last step was a letter of the chosen text: the next one belongs to the same step.
    typing: bool,
    /// Times of the clip's frames, for a stopwatch that counts them.
    times: Arc<[Timestamp]>,
}

impl Drawings {
    /// No drawings, on a clip whose frames are shown at `times` (ascending).
    pub fn on_clip(times: &[Timestamp]) -> Self {
        Self { times: times.into(), ..Self::default() }
    }

    /// What is drawn, on whatever frames.
    pub fn figures(&self) -> &[Drawn] {
        &self.sheet.figures
    }

    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.sheet.figures.is_empty()
    }

    /// The tool in hand.
    pub fn tool(&self) -> Option<Tool> {
        self.tool
    }

    /// Metres per picture height, once a line was given its length.
    pub fn scale(&self) -> Option<f32> {
        self.sheet.metres_per_height
    }

    /// The figure that is chosen, and the frames that show it.
    pub fn chosen_drawing(&self) -> Option<&Drawn> {
        self.sheet.figures.get(self.chosen?)
    }

    /// The length of the chosen line in metres; `None` when no line is chosen or nothing was calibrated.
    pub fn chosen_metres(&self) -> Option<f32> {
        Some(self.chosen_drawing()?.figure.length()? * self.scale()?)
    }

    /// The figure that is chosen.
    pub fn chosen(&self) -> Option<usize> {
        self.chosen
    }

    /// Whether the mouse holds something.
    pub fn is_grabbing(&self) -> bool {
        self.grip.is_some()
    }

    /// How many steps can be undone, the clicks of an unfinished figure among them.
    pub fn undo_depth(&self) -> usize {
        self.before.len() + self.pending.len()
    }

    /// What the figure in hand would be if the next click came at `pointer`; `None` before its first click.
    pub fn preview(&self, pointer: DrawnPoint) -> Option<Figure> {
        let tool = self.tool?;
        let mut points = self.pending.clone();
        points.push(pointer);
        if points.len() < 2 { None } else { tool.figure(&points).or_else(|| Tool::Line.figure(&points)) }
    }

    /// Whether a figure that the frame of `now` shows, or one of its ends, lies within `reach` of a point.
    pub fn is_near(&self, at: DrawnPoint, reach: f32, now: Timestamp) -> bool {
        self.touched(at, reach, now).is_some()
    }

    /// Puts the tool away; whether one was in hand.
    pub fn put_away(&mut self) -> bool {
        self.pending.clear();
        self.tool.take().is_some()
    }

    /// Carries out a command while the frame of `now` is on the screen.
    pub fn apply(&mut self, command: DrawCommand, now: Timestamp) {
        let typing = std::mem::take(&mut self.typing);
        match command {
            DrawCommand::Take(tool) => {
                let same = self.tool == Some(tool);
                self.put_away();
                self.tool = (!same).then_some(tool);
            }
            DrawCommand::Click { at, reach } => self.click(at, reach, now),
            DrawCommand::Grab { at, reach } => self.grab(at, reach, now),
            DrawCommand::DragTo(at) => self.drag_to(at),
            DrawCommand::Release => self.grip = None,
            DrawCommand::Delete => self.delete(now),
            DrawCommand::ShowOn(shown) => self.show_on(shown),
            DrawCommand::Calibrate(metres) => self.calibrate(metres),
            DrawCommand::Write(text) => self.write(&text, typing),
            DrawCommand::StartClock => self.set_clock(|clock| {
                let stop = clock.stop.filter(|stop| *stop > now);
                Stopwatch { start: now, stop }
            }),
            DrawCommand::StopClock => {
                self.set_clock(|clock| Stopwatch { start: clock.start.min(now), stop: Some(now) });
            }
            DrawCommand::Undo => self.undo(),
            DrawCommand::Clear => {
                self.remember();
                self.sheet.figures.clear();
                self.chosen = None;
            }
        }
    }

    fn click(&mut self, at: DrawnPoint, reach: f32, now: Timestamp) {
        let Some(tool) = self.tool else {
            self.chosen = self.touched(at, reach, now).map(Grip::figure);
            return;
        };
        self.pending.push(at);
        if let Some(figure) = tool.figure(&self.pending) {
            self.remember();
            let (shown, text, clock) = (None, String::new(), Stopwatch { start: now, stop: None });
            self.sheet.figures.push(Drawn { figure, shown, text, clock });
            self.chosen = Some(self.sheet.figures.len() - 1);
            self.put_away();
        }
    }

    fn grab(&mut self, at: DrawnPoint, reach: f32, now: Timestamp) {
        self.grip = self.touched(at, reach, now);
        if let Some(grip) = self.grip {
            self.chosen = Some(grip.figure());
            self.remember();
        }
    }

    fn drag_to(&mut self, at: DrawnPoint) {
        match &mut self.grip {
            Some(Grip::End { figure, end }) => {
                if let Some(point) =
                    self.sheet.figures.get_mut(*figure).and_then(|f| f.figure.points_mut().get_mut(*end))
                {
                    *point = at;
                }
            }
            Some(Grip::Whole { figure, last }) => {
                let (dx, dy) = (at.x - last.x, at.y - last.y);
                *last = at;
                for point in self.sheet.figures.get_mut(*figure).into_iter().flat_map(|f| f.figure.points_mut()) {
                    *point = DrawnPoint { x: point.x + dx, y: point.y + dy };
                }
            }
            None => {}
        }
    }

    /// Only what the frame shows is deleted: a drawing of another frame would vanish unseen.
    fn delete(&mut self, now: Timestamp) {
        let is_shown = |i: &usize| self.sheet.figures.get(*i).is_some_and(|f| f.is_shown_at(now));
        let last = (0..self.sheet.figures.len()).rev().find(is_shown);
        let Some(index) = self.chosen.filter(is_shown).or(last) else { return };
        self.remember();
        self.sheet.figures.remove(index);
        self.chosen = None;
    }

    fn show_on(&mut self, shown: Option<Span>) {
        if self.chosen_drawing().is_none() {
            return;
        }
        self.remember();
        if let Some(drawn) = self.chosen.and_then(|index| self.sheet.figures.get_mut(index)) {
            drawn.shown = shown;
        }
    }

    /// All letters that are typed in a row are one step.
    fn write(&mut self, text: &str, typing: bool) {
        let is_text = |drawn: &Drawn| matches!(drawn.figure, Figure::Text(_));
        if !self.chosen_drawing().is_some_and(is_text) {
            return;
        }
        if !typing {
            self.remember();
        }
        self.typing = true;
        if let Some(drawn) = self.chosen.and_then(|index| self.sheet.figures.get_mut(index)) {
            drawn.text = text.chars().filter(|sign| !sign.is_control()).take(LONGEST_TEXT).collect();
        }
    }

    fn set_clock(&mut self, set: impl Fn(Stopwatch) -> Stopwatch) {
        if !self.chosen_drawing().is_some_and(|drawn| matches!(drawn.figure, Figure::Stopwatch(_))) {
            return;
        }
        self.remember();
        if let Some(drawn) = self.chosen.and_then(|index| self.sheet.figures.get_mut(index)) {
            drawn.clock = set(drawn.clock);
        }
    }

    /// The parts of a drawing in the frame of `now`, its words in the language of `words`.
    pub fn layout(&self, drawn: &Drawn, now: Timestamp, words: &Words) -> FigureLayout {
        let mut layout = layout_of(&drawn.figure, self.scale());
        layout.label = match &drawn.figure {
            // A text without letters is shown as a mark, or it could not be found again.
            Figure::Text([at]) if drawn.text.is_empty() => Some((*at, "…".to_owned())),
            Figure::Text([at]) => Some((*at, drawn.text.clone())),
            Figure::Stopwatch([at]) => Some((*at, self.clock_text(drawn.clock, now, words))),
            _ => layout.label,
        };
        layout
    }

    /// Seconds and frames between the start of a stopwatch and the frame of `now`.
    fn clock_text(&self, clock: Stopwatch, now: Timestamp, words: &Words) -> String {
        let span = clock.span_at(now);
        let index = |at| nearest_index(&self.times, at).unwrap_or(0);
        let frames = index(span.end).saturating_sub(index(span.start)).to_string();
        let secs = words.language().number(span.secs(), 3);
        words.with("draw-clock", &[("secs", &secs), ("frames", &frames)])
    }

    /// The magnifiers that the frame of `at` shows, with middle and radius in picture heights.
    pub fn magnifiers(&self, at: Timestamp) -> impl Iterator<Item = (DrawnPoint, f32)> + '_ {
        self.figures().iter().filter(move |drawn| drawn.is_shown_at(at)).filter_map(|drawn| match drawn.figure {
            Figure::Magnifier([middle, edge]) => Some((middle, middle.distance(edge))),
            _ => None,
        })
    }

    fn calibrate(&mut self, metres: f32) {
        let length = self.chosen_drawing().and_then(|drawn| drawn.figure.length());
        let Some(length) = length.filter(|length| *length > 0.0 && metres.is_finite() && metres > 0.0) else { return };
        self.remember();
        self.sheet.metres_per_height = Some(metres / length);
    }

    fn undo(&mut self) {
        if !self.pending.is_empty() {
            self.pending.pop();
        } else if let Some(sheet) = self.before.pop() {
            self.sheet = sheet;
            self.chosen = None;
        }
        self.grip = None;
    }

    fn remember(&mut self) {
        self.before.push(self.sheet.clone());
        let excess = self.before.len().saturating_sub(UNDO_STEPS);
        self.before.drain(..excess);
    }

    /// What a click at a point would hold: an end before a whole, what was drawn later before what lies under it.
    fn touched(&self, at: DrawnPoint, reach: f32, now: Timestamp) -> Option<Grip> {
        let shown = |(_, f): &(usize, &Drawn)| f.is_shown_at(now);
        let numbered = || self.sheet.figures.iter().enumerate().rev().filter(shown);
        let end = numbered().find_map(|(figure, f)| {
            let near = f.figure.points().iter().position(|p| p.distance(at) <= reach);
            near.map(|end| Grip::End { figure, end })
        });
        let whole = || numbered().find(|(_, f)| f.figure.distance(at) <= reach);
        end.or_else(|| whole().map(|(figure, _)| Grip::Whole { figure, last: at }))
    }
}

impl Grip {
    const fn figure(self) -> usize {
        match self {
            Self::End { figure, .. } | Self::Whole { figure, .. } => figure,
        }
    }
}

/// Thickness of a stroke in picture heights; its dark edge is twice as thick.
const STROKE: f32 = 0.004;
/// Size of the numbers in picture heights.
const NUMBERS: f32 = 0.04;

impl Drawings {
    /// Everything that the frame of `at` shows, in pixels of a picture of `picture` size.
    pub fn shapes(&self, picture: FrameSize, at: Timestamp, words: &Words) -> Vec<(Layer, Shape)> {
        let height = picture.height as f32;
        let place = |p: DrawnPoint| ImagePoint::new(p.x * height, p.y * height);
        let mut shapes = Vec::new();
        let shown = self.figures().iter().filter(|drawn| drawn.is_shown_at(at));
        for layout in shown.map(|drawn| self.layout(drawn, at, words)) {
            let arc = layout.arc.windows(2).map(|ends| [ends[0], ends[1]]);
            for [from, to] in layout.strokes.iter().copied().chain(arc) {
                let line = |width: f32, colour: Colour| Shape::Line {
                    from: place(from),
                    to: place(to),
                    width: width * height,
                    ink: colour.ink(),
                };
                shapes.push((Layer::Outline, line(STROKE * 2.0, Colour::Shade)));
                shapes.push((Layer::Mark, line(STROKE, Colour::Warning)));
            }
            shapes.extend(layout.label.into_iter().flat_map(|(at, text)| label(place(at), text, height)));
        }
        shapes.sort_by_key(|(layer, _)| *layer);
        shapes
    }

    /// Enlarges what lies under the magnifiers of the frame of `at`, in packed RGB of `size`.
    pub fn magnify(&self, rgb: &mut [u8], size: FrameSize, at: Timestamp) {
        let height = size.height as f32;
        for (middle, radius) in self.magnifiers(at) {
            magnify_circle(rgb, size, (middle.x * height, middle.y * height), radius * height);
        }
    }
}

/// Enlarges a circle of a picture around its middle, all in pixels.
fn magnify_circle(rgb: &mut [u8], size: FrameSize, middle: (f32, f32), radius: f32) {
    let (width, height) = (size.width as usize, size.height as usize);
    if rgb.len() != width * height * 3 || width < 2 || height < 2 {
        return;
    }
    let source = rgb.to_vec();
    let range = |middle: f32, limit: usize| {
        let from = (middle - radius).floor().clamp(0.0, limit as f32) as usize;
        from..((middle + radius).ceil().clamp(0.0, limit as f32) as usize)
    };
    for y in range(middle.1, height) {
        for x in range(middle.0, width) {
            let (dx, dy) = (x as f32 + 0.5 - middle.0, y as f32 + 0.5 - middle.1);
            if dx.hypot(dy) > radius {
                continue;
            }
            let at = (middle.0 + dx / MAGNIFICATION - 0.5, middle.1 + dy / MAGNIFICATION - 0.5);
            let start = (y * width + x) * 3;
            rgb[start..start + 3].copy_from_slice(&bilinear(&source, (width, height), at));
        }
    }
}

/// The colour between four pixels; `at` counts from the middle of the first pixel.
fn bilinear(rgb: &[u8], (width, height): (usize, usize), at: (f32, f32)) -> [u8; 3] {
    let (x, y) = (at.0.clamp(0.0, (width - 1) as f32), at.1.clamp(0.0, (height - 1) as f32));
    let (left, top) = ((x as usize).min(width - 2), (y as usize).min(height - 2));
    let (across, down) = (x - left as f32, y - top as f32);
    let pixel = |column: usize, row: usize, channel: usize| f32::from(rgb[(row * width + column) * 3 + channel]);
    std::array::from_fn(|channel| {
        let upper = pixel(left, top, channel) * (1.0 - across) + pixel(left + 1, top, channel) * across;
        let lower = pixel(left, top + 1, channel) * (1.0 - across) + pixel(left + 1, top + 1, channel) * across;
        (upper * (1.0 - down) + lower * down).round() as u8
    })
}

/// Width of a letter over the size of the text: Latin letters of the shipped typeface are narrower, Chinese signs as wide as high.
const LETTER_WIDTH: (f32, f32) = (0.62, 1.0);

/// A text on a dark ground, so that it can be read on any picture.
fn label(at: ImagePoint, text: String, height: f32) -> [(Layer, Shape); 2] {
    let size = NUMBERS * height;
    let letter = |sign: char| if sign.is_ascii() || sign < '\u{2e80}' { LETTER_WIDTH.0 } else { LETTER_WIDTH.1 };
    let width = text.chars().map(letter).sum::<f32>() * size;
    let (half, tall) = (width / 2.0 + 0.25 * size, size * 0.75);
    let rect = ImageRect { left: at.x - half, right: at.x + half, top: at.y - tall, bottom: at.y + tall };
    let ground = Shape::Rect { rect, corner: size * 0.15, ink: Colour::Shade.at(0.75) };
    let ink = Colour::Warning.ink();
    let words =
        Shape::Text { at, anchor: Anchor::Middle, size, weight: Weight::Bold, max_width: width + size, text, ink };
    [(Layer::Mark, ground), (Layer::Label, words)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::wording::Language;

    const NOW: Timestamp = Timestamp::ZERO;

    fn words() -> Words {
        Words::new(Language::English)
    }

    const fn at(x: f32, y: f32) -> DrawnPoint {
        DrawnPoint { x, y }
    }

    fn click(drawings: &mut Drawings, x: f32, y: f32) {
        drawings.apply(DrawCommand::Click { at: at(x, y), reach: 0.02 }, NOW);
    }

    fn with_angle() -> Drawings {
        let mut d = Drawings::default();
        d.apply(DrawCommand::Take(Tool::Angle), NOW);
        for (x, y) in [(0.5, 0.2), (0.5, 0.5), (0.8, 0.5)] {
            click(&mut d, x, y);
        }
        d
    }

    #[test]
    fn three_clicks_make_an_angle_and_put_the_tool_away() {
        let d = with_angle();
        assert_eq!((d.figures().len(), d.tool(), d.chosen()), (1, None, Some(0)));
        assert!((d.figures()[0].figure.degrees().unwrap() - 90.0).abs() < 0.01);
    }

    #[test]
    fn an_end_is_moved_before_the_whole_and_both_can_be_taken_back() {
        let mut d = with_angle();
        d.apply(DrawCommand::Grab { at: at(0.8, 0.51), reach: 0.02 }, NOW);
        d.apply(DrawCommand::DragTo(at(0.8, 0.8)), NOW);
        d.apply(DrawCommand::Release, NOW);
        assert!((d.figures()[0].figure.degrees().unwrap() - 135.0).abs() < 0.01);
        d.apply(DrawCommand::Grab { at: at(0.5, 0.35), reach: 0.02 }, NOW);
        d.apply(DrawCommand::DragTo(at(0.6, 0.35)), NOW);
        d.apply(DrawCommand::Release, NOW);
        assert!((d.figures()[0].figure.points()[1].x - 0.6).abs() < 1e-6);
        assert!((d.figures()[0].figure.degrees().unwrap() - 135.0).abs() < 0.01, "moving keeps the angle");
        d.apply(DrawCommand::Undo, NOW);
        d.apply(DrawCommand::Undo, NOW);
        assert!((d.figures()[0].figure.degrees().unwrap() - 90.0).abs() < 0.01);
        d.apply(DrawCommand::Undo, NOW);
        assert!(d.is_empty());
        d.apply(DrawCommand::Undo, NOW);
    }

    #[test]
    fn delete_takes_the_chosen_one_and_clear_takes_all() {
        let mut d = with_angle();
        d.apply(DrawCommand::Take(Tool::Line), NOW);
        click(&mut d, 0.1, 0.1);
        assert!(d.preview(at(0.2, 0.2)).is_some());
        click(&mut d, 0.3, 0.1);
        click(&mut d, 0.5, 0.5);
        assert_eq!(d.chosen(), Some(0));
        d.apply(DrawCommand::Delete, NOW);
        let left: Vec<_> = d.figures().iter().map(|drawn| (drawn.figure, drawn.shown)).collect();
        assert_eq!(left, [(Figure::Line([at(0.1, 0.1), at(0.3, 0.1)]), None)]);
        d.apply(DrawCommand::Clear, NOW);
        d.apply(DrawCommand::Delete, NOW);
        assert!(d.is_empty());
    }

    #[test]
    fn a_click_into_the_void_chooses_nothing_and_a_half_drawn_figure_can_be_dropped() {
        let mut d = with_angle();
        click(&mut d, 1.5, 0.9);
        assert_eq!(d.chosen(), None);
        d.apply(DrawCommand::Take(Tool::Line), NOW);
        click(&mut d, 0.1, 0.1);
        assert!(d.put_away() && !d.put_away());
        assert_eq!(d.figures().len(), 1);
    }

    #[test]
    fn a_calibrated_line_says_its_length_and_so_does_every_other_line() {
        let mut d = Drawings::default();
        for ends in [[(0.1, 0.5), (0.8, 0.5)], [(0.2, 0.2), (0.2, 0.3)]] {
            d.apply(DrawCommand::Take(Tool::Line), NOW);
            for (x, y) in ends {
                click(&mut d, x, y);
            }
        }
        let length = |d: &Drawings, i: usize| layout_of(&d.figures()[i].figure, d.scale()).label.map(|(_, text)| text);
        assert_eq!((length(&d, 0), length(&d, 1), d.chosen_metres()), (None, None, None), "nothing is known yet");
        click(&mut d, 0.3, 0.5);
        d.apply(DrawCommand::Calibrate(14.0), NOW);
        assert_eq!((length(&d, 0).as_deref(), length(&d, 1).as_deref()), (Some("1400 cm"), Some("200 cm")));
        assert!(d.chosen_metres().is_some_and(|m| (m - 14.0).abs() < 1e-4));
        d.apply(DrawCommand::Calibrate(f32::NAN), NOW);
        d.apply(DrawCommand::Calibrate(0.0), NOW);
        assert_eq!(length(&d, 1).as_deref(), Some("200 cm"), "no length is no calibration");
        d.apply(DrawCommand::Undo, NOW);
        assert_eq!(length(&d, 0), None, "the calibration is taken back like any other step");
    }

    #[test]
    fn only_a_chosen_line_calibrates() {
        let mut d = with_angle();
        d.apply(DrawCommand::Calibrate(2.0), NOW);
        assert_eq!((d.scale(), d.chosen_metres()), (None, None));
    }

    #[test]
    fn a_drawing_of_one_frame_is_neither_seen_nor_touched_nor_exported_elsewhere() {
        let later = Timestamp::from_secs(0.5);
        let size = FrameSize::new(1920, 1080);
        let mut d = with_angle();
        assert!(!d.shapes(size, later, &words()).is_empty(), "a new drawing is on the whole clip");
        d.apply(DrawCommand::ShowOn(Some(Span::between(NOW, NOW))), NOW);
        assert!(d.is_near(at(0.5, 0.5), 0.02, NOW) && !d.is_near(at(0.5, 0.5), 0.02, later));
        assert!(!d.shapes(size, NOW, &words()).is_empty() && d.shapes(size, later, &words()).is_empty());
        d.apply(DrawCommand::Click { at: at(0.5, 0.5), reach: 0.02 }, later);
        assert_eq!(d.chosen(), None, "what is not seen is not chosen");
        d.apply(DrawCommand::Delete, later);
        assert_eq!(d.figures().len(), 1, "what is not seen is not deleted");
        d.apply(DrawCommand::Click { at: at(0.5, 0.5), reach: 0.02 }, NOW);
        d.apply(DrawCommand::ShowOn(Some(Span::between(NOW, later))), NOW);
        assert!(d.is_near(at(0.5, 0.5), 0.02, later));
        d.apply(DrawCommand::Undo, NOW);
        assert!(!d.is_near(at(0.5, 0.5), 0.02, later));
    }

    #[test]
    fn a_circle_is_touched_on_its_edge_and_an_arrow_has_a_head() {
        let circle = Figure::Circle([at(0.5, 0.5), at(0.7, 0.5)]);
        assert!(circle.distance(at(0.5, 0.3)) < 1e-5 && circle.distance(at(0.5, 0.45)) > 0.1);
        let layout = layout_of(&circle, Some(7.0));
        assert!(layout.strokes.is_empty() && layout.label.is_none());
        assert!(layout.arc.iter().all(|p| (p.distance(at(0.5, 0.5)) - 0.2).abs() < 1e-5));
        assert!(layout.arc[0].distance(*layout.arc.last().unwrap()) < 1e-5, "closed");
        let arrow = layout_of(&Figure::Arrow([at(0.1, 0.5), at(0.9, 0.5)]), Some(7.0));
        assert_eq!((arrow.strokes.len(), arrow.label), (3, None));
        let tips: Vec<_> = arrow.strokes[1..].iter().map(|[from, to]| (from.x < 0.9, *to == at(0.9, 0.5))).collect();
        assert_eq!(tips, [(true, true), (true, true)], "both strokes of the head run to the second click");
    }
}

#[cfg(test)]
mod shapes_tests {
    use super::*;
    use super::{DrawCommand, Tool};
    use fencing::wording::Language;

    const NOW: Timestamp = Timestamp::ZERO;

    #[test]
    fn shapes_grow_with_the_picture_and_the_dark_edge_lies_under_the_stroke() {
        let mut drawings = Drawings::default();
        drawings.apply(DrawCommand::Take(Tool::Line), NOW);
        for (x, y) in [(0.0, 0.5), (1.0, 0.5)] {
            drawings.apply(DrawCommand::Click { at: DrawnPoint { x, y }, reach: 0.01 }, NOW);
        }
        let words = Words::new(Language::English);
        let shapes = drawings.shapes(FrameSize::new(1920, 1080), NOW, &words);
        let ends: Vec<_> = shapes
            .iter()
            .filter_map(|(layer, shape)| match shape {
                Shape::Line { to, .. } => Some((*layer, *to)),
                _ => None,
            })
            .collect();
        let end = ImagePoint::new(1080.0, 540.0);
        assert_eq!(ends, [(Layer::Outline, end), (Layer::Mark, end)]);
    }
}

#[cfg(test)]
mod study_tests {
    use super::*;
    use fencing::wording::Language;

    fn secs(secs: f64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    /// Fifty frames a second.
    fn placed(tool: Tool, clicks: &[(f32, f32)], at: Timestamp) -> Drawings {
        let times: Vec<_> = (0..200).map(|i| secs(f64::from(i) * 0.02)).collect();
        let mut drawings = Drawings::on_clip(&times);
        drawings.apply(DrawCommand::Take(tool), at);
        for (x, y) in clicks {
            drawings.apply(DrawCommand::Click { at: DrawnPoint { x: *x, y: *y }, reach: 0.01 }, at);
        }
        drawings
    }

    fn label(drawings: &Drawings, now: f64, language: Language) -> String {
        let layout = drawings.layout(&drawings.figures()[0], secs(now), &Words::new(language));
        layout.label.map(|(_, text)| text).unwrap_or_default()
    }

    #[test]
    fn a_stopwatch_counts_seconds_and_frames_between_two_frames_and_stands_still_outside() {
        let mut watch = placed(Tool::Stopwatch, &[(0.5, 0.5)], secs(1.0));
        let shown = |watch: &Drawings, now| label(watch, now, Language::English);
        assert_eq!((watch.tool(), shown(&watch, 0.5)), (None, "0.000 s · frames: 0".to_owned()));
        assert_eq!(shown(&watch, 1.48), "0.480 s · frames: 24");
        watch.apply(DrawCommand::StopClock, secs(1.48));
        assert_eq!(
            (shown(&watch, 1.2), shown(&watch, 3.0)),
            ("0.200 s · frames: 10".into(), "0.480 s · frames: 24".into())
        );
        assert_eq!(label(&watch, 3.0, Language::German), "0,480 s · Bilder: 24");
        watch.apply(DrawCommand::StartClock, secs(2.0));
        assert_eq!(shown(&watch, 3.0), "1.000 s · frames: 50", "a start after the stop runs on");
        watch.apply(DrawCommand::StopClock, secs(1.5));
        assert_eq!(shown(&watch, 3.0), "0.000 s · frames: 0", "a stop before the start measures nothing");
        for _ in 0..3 {
            watch.apply(DrawCommand::Undo, secs(0.0));
        }
        assert_eq!(shown(&watch, 3.0), "2.000 s · frames: 100", "each step is taken back");
    }

    #[test]
    fn typing_is_one_step_and_reaches_only_a_chosen_text() {
        let mut text = placed(Tool::Text, &[(0.5, 0.5)], secs(0.0));
        assert_eq!(label(&text, 0.0, Language::English), "…");
        for written in ["L", "Lu", "Lunge\n"] {
            text.apply(DrawCommand::Write(written.into()), secs(0.0));
        }
        assert_eq!(label(&text, 0.0, Language::English), "Lunge");
        text.apply(DrawCommand::Write("x".repeat(200)), secs(0.0));
        assert_eq!(text.figures()[0].text.chars().count(), LONGEST_TEXT);
        text.apply(DrawCommand::Undo, secs(0.0));
        assert_eq!(label(&text, 0.0, Language::English), "…", "all letters are one step");
        let mut line = placed(Tool::Line, &[(0.1, 0.1), (0.9, 0.9)], secs(0.0));
        line.apply(DrawCommand::Write("no text".into()), secs(0.0));
        line.apply(DrawCommand::StopClock, secs(0.0));
        assert_eq!((line.figures()[0].text.as_str(), line.figures()[0].clock.stop), ("", None));
    }

    #[test]
    fn a_magnifier_enlarges_its_middle_and_nothing_outside() {
        let size = FrameSize::new(100, 50);
        let lens = placed(Tool::Magnifier, &[(1.0, 0.5), (1.0, 0.9)], secs(0.0));
        // A white column of four pixels in the middle of the lens.
        let plain: Vec<u8> =
            (0..100 * 50).flat_map(|i| [if (48..52).contains(&(i % 100)) { 255 } else { 0 }; 3]).collect();
        let mut rgb = plain.clone();
        lens.magnify(&mut rgb, size, secs(0.0));
        let white = |rgb: &[u8], row: usize| (0..100).filter(|x| rgb[(row * 100 + x) * 3] > 127).count();
        assert_eq!((white(&plain, 25), white(&rgb, 25)), (4, 10), "two and a half times as wide");
        assert_eq!(white(&rgb, 2), 4, "outside the circle nothing changes");
        let mut short = vec![0; 7];
        lens.magnify(&mut short, size, secs(0.0));
        assert_eq!(short, [0; 7]);
    }

    #[test]
    fn an_export_shows_the_words_on_a_ground_that_holds_them() {
        let mut text = placed(Tool::Text, &[(0.5, 0.5)], secs(0.0));
        text.apply(DrawCommand::Write("Lunge falls short".into()), secs(0.0));
        let shapes = text.shapes(FrameSize::new(1280, 720), secs(0.0), &Words::new(Language::English));
        let texts = shapes.iter().filter_map(|(_, shape)| match shape {
            Shape::Text { text, .. } => Some(text.as_str()),
            _ => None,
        });
        assert_eq!(texts.collect::<Vec<_>>(), ["Lunge falls short"]);
        assert!(matches!(shapes[0].1, Shape::Rect { .. }), "{shapes:?}");
    }
}
