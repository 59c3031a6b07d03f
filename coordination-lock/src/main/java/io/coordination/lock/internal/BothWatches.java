package io.coordination.lock.internal;

import io.coordination.Watch;

/** Two watches that are closed together. */
record BothWatches(Watch first, Watch second) implements Watch {

    @Override
    public void close() {
        first.close();
        second.close();
    }

    @Override
    public boolean isClosed() {
        return first.isClosed() && second.isClosed();
    }
}
