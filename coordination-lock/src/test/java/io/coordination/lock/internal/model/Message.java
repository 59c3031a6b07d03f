package io.coordination.lock.internal.model;

import org.jspecify.annotations.Nullable;

/** A call on its way to the server, or its answer on the way back. */
final class Message {

    private final int client;
    private final Call call;
    private final @Nullable Answer answer;
    private final boolean ghost;
    private final FlatRow flat = new FlatRow();

    private Message(int client, Call call, @Nullable Answer answer, boolean ghost) {
        this.client = client;
        this.call = call;
        this.answer = answer;
        this.ghost = ghost;
    }

    static Message of(int client, Call call) {
        return new Message(client, call, null, false);
    }

    Message asGhost() {
        return new Message(client, call, null, true);
    }

    Message answered(Answer with) {
        return new Message(client, call, with, false);
    }

    int client() {
        return client;
    }

    Call call() {
        return call;
    }

    /** Null as long as the call is under way. */
    @Nullable
    Answer answer() {
        return answer;
    }

    /** Whether nobody waits for the answer any more: a copy, or a call whose answer was given up. */
    boolean ghost() {
        return ghost;
    }

    long[] flat(Renaming with) {
        return flat.of(with, this::row);
    }

    private long[] row(Renaming with) {
        return new Flattening(with)
                .add(with.of(client))
                .add(call.getClass().getSimpleName())
                .add(call)
                .add(answer)
                .add(ghost)
                .row();
    }

    @Override
    public String toString() {
        return (ghost ? "late " : "") + call + " of process " + client + (answer == null ? "" : ": " + answer);
    }
}
