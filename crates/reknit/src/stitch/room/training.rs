//! What the training tool needs: the rows of features of a line, made by the code that decides.

use super::features::{COUNT, FEATURES, Reading, Row};
use super::line::Line;
use super::scene::Scene;

/// The names of the features, in the order of a row.
pub fn feature_names() -> Vec<&'static str> {
    FEATURES.iter().map(|&(name, _)| name).collect()
}

/// The rows of `line` after `lines`: first that of opening a thread, then one for each candidate,
/// with the serial number of the candidate.
pub fn rows(lines: &[Line], line: &Line) -> Vec<(Option<u64>, [f32; COUNT])> {
    let scene = Scene::new(lines, line);
    if !line.speaks() {
        return Vec::new();
    }
    let reading = Reading::new(&scene);
    let answers = reading.candidates(super::MOST).into_iter();
    let answers = answers.map(|place| (Some(scene.lines[place].serial), features(&reading.answer(place))));
    std::iter::once((None, features(&reading.opening()))).chain(answers).collect()
}

/// The words of a line as hashes, each once.
pub fn words(line: &Line) -> &[u32] {
    &line.words[..line.kept as usize]
}

fn features(row: &Row) -> [f32; COUNT] {
    std::array::from_fn(|at| row[at])
}
