package io.coordination.store;

/** One change of one key. */
public sealed interface WatchEvent {

    /** The key that changed. */
    String key();

    /** The revision of the change. */
    long modRevision();

    /**
     * A key was made or got a new value.
     *
     * @param entry the key as it is after the change
     */
    record Put(KeyValue entry) implements WatchEvent {
        @Override
        public String key() {
            return entry.key();
        }

        @Override
        public long modRevision() {
            return entry.modRevision();
        }
    }

    /**
     * A key was deleted. Which of several keys of that name it was is not told: match by name.
     *
     * @param key the key
     * @param modRevision the revision of the delete
     */
    record Delete(String key, long modRevision) implements WatchEvent {}
}
