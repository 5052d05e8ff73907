//! Reknit inside a process: how long stitching itself takes, reading and writing apart.

use std::fs::File;
use std::io::{BufRead, BufReader};

use compare_threads::{Result, Stages, jobs, write};
use reknit::model::{Message, unwatched};
use reknit::stitch::{Config, Stitcher};

fn read(path: &str) -> Result<Vec<Message>> {
    let lines = BufReader::new(File::open(path)?).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

fn main() -> Result<()> {
    let (mut stages, mut count) = (Stages::default(), 0);
    let stitcher = Stitcher::build(Config::default())?;
    for (given, out) in jobs() {
        let messages = stages.time("read", || read(&given))?;
        count += messages.len();
        let stitching = stages.time("thread", || stitcher.stitch(&messages, &mut unwatched))?;
        let rows = messages.iter().zip(&stitching.placements).map(|(message, place)| {
            let parent = place.parent.map(|at| messages[at].id.clone()).unwrap_or_default();
            [message.id.clone(), place.conversation_id.clone(), parent]
        });
        stages.time("write", || write(&out, rows))?;
    }
    stages.tell(count);
    Ok(())
}
