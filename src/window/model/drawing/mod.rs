//! Lines and angles drawn on the picture: what is there, what is being drawn or moved, and the way back. Knows no toolkit.
//!
//! Points are in *picture heights*: y runs from 0 at the top to 1 at the bottom, x from 0 to the aspect ratio. In this space
//! angles and distances are what the eye sees, whatever the size of the picture or of the screen.

mod figure;
mod layout;
mod shapes;

pub use figure::{DrawnPoint, Figure, Tool};
pub use layout::{FigureLayout, layout_of};

/// How many steps back are kept.
const UNDO_STEPS: usize = 100;

/// One thing to do with the drawings.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// Takes the last change back.
    Undo,
    /// Takes everything away.
    Clear,
}

/// What is held by the mouse: one end of a figure, or all of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Grip {
    End { figure: usize, end: usize },
    Whole { figure: usize, last: DrawnPoint },
}

/// Everything that was drawn on one clip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawings {
    figures: Vec<Figure>,
    before: Vec<Vec<Figure>>,
    tool: Option<Tool>,
    pending: Vec<DrawnPoint>,
    chosen: Option<usize>,
    grip: Option<Grip>,
}

impl Drawings {
    /// What is drawn.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    /// The tool in hand.
    pub fn tool(&self) -> Option<Tool> {
        self.tool
    }

    /// The figure that is chosen.
    pub fn chosen(&self) -> Option<usize> {
        self.chosen
    }

    /// Whether the mouse holds something.
    pub fn is_grabbing(&self) -> bool {
        self.grip.is_some()
    }

    /// What the figure in hand would be if the next click came at `pointer`; `None` before its first click.
    pub fn preview(&self, pointer: DrawnPoint) -> Option<Figure> {
        let tool = self.tool?;
        let mut points = self.pending.clone();
        points.push(pointer);
        if points.len() < 2 { None } else { tool.figure(&points).or_else(|| Tool::Line.figure(&points)) }
    }

    /// Whether a figure or one of its ends lies within `reach` of a point.
    pub fn is_near(&self, at: DrawnPoint, reach: f32) -> bool {
        self.touched(at, reach).is_some()
    }

    /// Puts the tool away; whether one was in hand.
    pub fn put_away(&mut self) -> bool {
        self.pending.clear();
        self.tool.take().is_some()
    }

    /// Carries out a command.
    pub fn apply(&mut self, command: DrawCommand) {
        match command {
            DrawCommand::Take(tool) => {
                let same = self.tool == Some(tool);
                self.put_away();
                self.tool = (!same).then_some(tool);
            }
            DrawCommand::Click { at, reach } => self.click(at, reach),
            DrawCommand::Grab { at, reach } => self.grab(at, reach),
            DrawCommand::DragTo(at) => self.drag_to(at),
            DrawCommand::Release => self.grip = None,
            DrawCommand::Delete => self.delete(),
            DrawCommand::Undo => self.undo(),
            DrawCommand::Clear => {
                self.remember();
                self.figures.clear();
                self.chosen = None;
            }
        }
    }

    fn click(&mut self, at: DrawnPoint, reach: f32) {
        let Some(tool) = self.tool else {
            self.chosen = self.touched(at, reach).map(Grip::figure);
            return;
        };
        self.pending.push(at);
        if let Some(figure) = tool.figure(&self.pending) {
            self.remember();
            self.figures.push(figure);
            self.chosen = Some(self.figures.len() - 1);
            self.put_away();
        }
    }

    fn grab(&mut self, at: DrawnPoint, reach: f32) {
        self.grip = self.touched(at, reach);
        if let Some(grip) = self.grip {
            self.chosen = Some(grip.figure());
            self.remember();
        }
    }

    fn drag_to(&mut self, at: DrawnPoint) {
        match &mut self.grip {
            Some(Grip::End { figure, end }) => {
                if let Some(point) = self.figures.get_mut(*figure).and_then(|f| f.points_mut().get_mut(*end)) {
                    *point = at;
                }
            }
            Some(Grip::Whole { figure, last }) => {
                let (dx, dy) = (at.x - last.x, at.y - last.y);
                *last = at;
                for point in self.figures.get_mut(*figure).into_iter().flat_map(Figure::points_mut) {
                    *point = DrawnPoint { x: point.x + dx, y: point.y + dy };
                }
            }
            None => {}
        }
    }

    fn delete(&mut self) {
        let last = self.figures.len().checked_sub(1);
        let Some(index) = self.chosen.filter(|c| *c < self.figures.len()).or(last) else { return };
        self.remember();
        self.figures.remove(index);
        self.chosen = None;
    }

    fn undo(&mut self) {
        if !self.pending.is_empty() {
            self.pending.pop();
        } else if let Some(figures) = self.before.pop() {
            self.figures = figures;
            self.chosen = None;
        }
        self.grip = None;
    }

    fn remember(&mut self) {
        self.before.push(self.figures.clone());
        let excess = self.before.len().saturating_sub(UNDO_STEPS);
        self.before.drain(..excess);
    }

    /// What a click at a point would hold: an end before a whole, what was drawn later before what lies under it.
    fn touched(&self, at: DrawnPoint, reach: f32) -> Option<Grip> {
        let numbered = || self.figures.iter().enumerate().rev();
        let end = numbered().find_map(|(figure, f)| {
            let near = f.points().iter().position(|p| p.distance(at) <= reach);
            near.map(|end| Grip::End { figure, end })
        });
        let whole = || numbered().find(|(_, f)| f.distance(at) <= reach);
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

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(x: f32, y: f32) -> DrawnPoint {
        DrawnPoint { x, y }
    }

    fn click(drawings: &mut Drawings, x: f32, y: f32) {
        drawings.apply(DrawCommand::Click { at: at(x, y), reach: 0.02 });
    }

    fn with_angle() -> Drawings {
        let mut d = Drawings::default();
        d.apply(DrawCommand::Take(Tool::Angle));
        for (x, y) in [(0.5, 0.2), (0.5, 0.5), (0.8, 0.5)] {
            click(&mut d, x, y);
        }
        d
    }

    #[test]
    fn three_clicks_make_an_angle_and_put_the_tool_away() {
        let d = with_angle();
        assert_eq!((d.figures().len(), d.tool(), d.chosen()), (1, None, Some(0)));
        assert!((d.figures()[0].degrees().unwrap() - 90.0).abs() < 0.01);
    }

    #[test]
    fn an_end_is_moved_before_the_whole_and_both_can_be_taken_back() {
        let mut d = with_angle();
        d.apply(DrawCommand::Grab { at: at(0.8, 0.51), reach: 0.02 });
        d.apply(DrawCommand::DragTo(at(0.8, 0.8)));
        d.apply(DrawCommand::Release);
        assert!((d.figures()[0].degrees().unwrap() - 135.0).abs() < 0.01);
        d.apply(DrawCommand::Grab { at: at(0.5, 0.35), reach: 0.02 });
        d.apply(DrawCommand::DragTo(at(0.6, 0.35)));
        d.apply(DrawCommand::Release);
        assert!((d.figures()[0].points()[1].x - 0.6).abs() < 1e-6);
        assert!((d.figures()[0].degrees().unwrap() - 135.0).abs() < 0.01, "moving keeps the angle");
        d.apply(DrawCommand::Undo);
        d.apply(DrawCommand::Undo);
        assert!((d.figures()[0].degrees().unwrap() - 90.0).abs() < 0.01);
        d.apply(DrawCommand::Undo);
        assert!(d.is_empty());
        d.apply(DrawCommand::Undo);
    }

    #[test]
    fn delete_takes_the_chosen_one_and_clear_takes_all() {
        let mut d = with_angle();
        d.apply(DrawCommand::Take(Tool::Line));
        click(&mut d, 0.1, 0.1);
        assert!(d.preview(at(0.2, 0.2)).is_some());
        click(&mut d, 0.3, 0.1);
        click(&mut d, 0.5, 0.5);
        assert_eq!(d.chosen(), Some(0));
        d.apply(DrawCommand::Delete);
        assert_eq!(d.figures(), [Figure::Line([at(0.1, 0.1), at(0.3, 0.1)])]);
        d.apply(DrawCommand::Clear);
        d.apply(DrawCommand::Delete);
        assert!(d.is_empty());
    }

    #[test]
    fn a_click_into_the_void_chooses_nothing_and_a_half_drawn_figure_can_be_dropped() {
        let mut d = with_angle();
        click(&mut d, 1.5, 0.9);
        assert_eq!(d.chosen(), None);
        d.apply(DrawCommand::Take(Tool::Line));
        click(&mut d, 0.1, 0.1);
        assert!(d.put_away() && !d.put_away());
        assert_eq!(d.figures().len(), 1);
    }
}
