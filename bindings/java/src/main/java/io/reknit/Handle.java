package io.reknit;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;

/**
 * A handle of the C library with its end. Calls share a lock that closing needs alone, so {@link
 * #close} waits for the calls under way, and a call after it is refused.
 */
final class Handle implements AutoCloseable {
    private final String kind;
    private final LongUnaryOperator free;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** 0 once closed. */
    private long number;

    Handle(String kind, long number, LongUnaryOperator free) {
        this.kind = kind;
        this.number = number;
        this.free = free;
    }

    /** What {@code call} makes of the handle's number. */
    <T> T use(LongFunction<T> call) {
        lock.readLock().lock();
        try {
            if (number == 0) {
                throw new IllegalStateException("this " + kind + " is closed");
            }
            return call.apply(number);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        if (lock.getReadHoldCount() > 0) {
            throw new IllegalStateException("a " + kind + " cannot be closed by the progress of its own call");
        }
        lock.writeLock().lock();
        try {
            long open = number;
            number = 0;
            free.applyAsLong(open);
        } finally {
            lock.writeLock().unlock();
        }
    }
}
