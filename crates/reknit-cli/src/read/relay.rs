//! One thread makes, another takes.
//!
//! Things go round between the two: an empty one to the maker, a full one back. So there are never
//! more of them than at the start, whoever is slower, and none is allocated anew. The taker sees them
//! in the order they were made; what it does is the same as if one thread did all. Cost: two messages
//! for each thing.

use std::sync::mpsc::sync_channel;
use std::thread;

use crate::failure::Result;

/// Lets another thread `make` one thing after the other, as long as it says that there are more, and
/// this one `take` them. A failure of `take` ends both; `make` may do what it is doing to its end.
pub(super) fn relay<T: Send, const N: usize>(
    things: [T; N],
    mut make: impl FnMut(&mut T) -> bool + Send,
    mut take: impl FnMut(&mut T) -> Result<()>,
) -> Result<()> {
    thread::scope(|scope| {
        // Each has room for all things, so nobody ever waits to send.
        let (give_back, empty) = sync_channel(N);
        let (hand_on, full) = sync_channel(N);
        for thing in things {
            give_back.send(thing).expect("the other end is held below");
        }
        scope.spawn(move || {
            while let Ok(mut thing) = empty.recv() {
                let more = make(&mut thing);
                if hand_on.send(thing).is_err() || !more {
                    break;
                }
            }
        });
        for mut thing in full {
            take(&mut thing)?;
            // The maker may have ended already.
            let _ = give_back.send(thing);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    #[test]
    fn all_is_taken_in_order_and_a_failure_ends_both() {
        let made = |most: u32| {
            let mut next = 0;
            move |thing: &mut u32| {
                (*thing, next) = (next, next + 1);
                next < most
            }
        };
        let mut taken = Vec::new();
        let take = |thing: &mut u32| {
            taken.push(*thing);
            Ok(())
        };
        relay([0; 3], made(1_000), take).expect("nothing fails");
        assert_eq!(taken, (0..1_000).collect::<Vec<_>>());
        let stop = |thing: &mut u32| if *thing < 7 { Ok(()) } else { Err(Failure::data("enough")) };
        assert_eq!(relay([0; 3], made(u32::MAX), stop).expect_err("it stops").to_string(), "enough");
    }
}
