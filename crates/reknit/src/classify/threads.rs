//! Work dealt to threads, whose results come back in its order: they are the same for any number of threads.
//!
//! Pieces of work are taken one after the other by whichever thread is free. A panic in one is passed on.
//!
//! Cost: threads are started for each call; with one none is.

use std::sync::atomic::{AtomicUsize, Ordering};

/// So many threads, or all cores for 0.
pub(super) fn thread_count(threads: usize) -> usize {
    if threads > 0 { threads } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

/// Does `count` pieces of work, each by its number, on `threads` threads; what they give, in order.
pub(super) fn in_parallel<T: Send>(count: usize, threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = threads.clamp(1, count.max(1));
    if threads == 1 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let some = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            if place >= count {
                return done;
            }
            done.push((place, work(place)));
        }
    };
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
        workers.into_iter().flat_map(|w| w.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).collect()
    });
    done.sort_by_key(|&(place, _)| place);
    done.into_iter().map(|(_, done)| done).collect()
}

/// What `some` makes of each part of `items`, one part a thread (0: all cores), in the order of the items.
pub(super) fn by_parts<T: Sync, D: Send>(
    items: &[T],
    threads: usize,
    some: impl Fn(&[T]) -> Vec<D> + Sync,
) -> Vec<D> {
    let threads = thread_count(threads);
    let parts: Vec<&[T]> = items.chunks(items.len().div_ceil(threads).max(1)).collect();
    in_parallel(parts.len(), threads, |part| some(parts[part])).into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_comes_back_in_its_order_for_any_number_of_threads() {
        for threads in [1, 3, 20] {
            assert_eq!(in_parallel(7, threads, |place| place * place), [0, 1, 4, 9, 16, 25, 36]);
        }
    }

    #[test]
    fn parts_are_whole_and_in_order() {
        for (count, threads) in [(0, 1), (1, 3), (7, 3), (20, 0)] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(by_parts(&items, threads, <[usize]>::to_vec), items);
        }
    }
}
