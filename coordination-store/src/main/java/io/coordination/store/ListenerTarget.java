package io.coordination.store;

/**
 * A listener of a user, as a {@link ListenerQueue} sees it.
 *
 * @param <E> the type of the events
 */
public interface ListenerTarget<E> {

    /** What the listener follows, for log lines. */
    String subject();

    /** The user's class, for log lines. */
    Class<?> listenerClass();

    /** Calls the listener. Calls come in order and never overlap. */
    void tell(E event);

    /**
     * One event that brings a listener, which has heard neither of two events, to where the later one leads: a newest state,
     * or the difference over both. What it retains must not grow with the number of events. Quick; runs on the thread that
     * brings the later event, and must not call user code.
     */
    E merge(E earlier, E later);
}
