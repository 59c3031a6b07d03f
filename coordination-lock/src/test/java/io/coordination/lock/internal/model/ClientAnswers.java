package io.coordination.lock.internal.model;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.internal.queue.QueueMachine;

/** What the shell of a process makes of the answers to its calls, and of answers that do not come. */
final class ClientAnswers {

    private final ModelClient client;
    private final QueueMachine machine;

    ClientAnswers(ModelClient client) {
        this.client = client;
        this.machine = client.machine();
    }

    void answered(Call call, Answer answer) {
        if (call instanceof Call.Enqueue enqueue) {
            enqueued(enqueue.place(), enqueue.fence(), answer);
        } else if (call instanceof Call.Attempt attempt) {
            enqueued(attempt.place(), attempt.fence(), answer);
        } else if (call instanceof Call.Requeue requeue) {
            requeued(requeue, answer);
        } else if (call instanceof Call.Weaken weaken) {
            machine.weakened(weaken.place(), answer.succeeded());
        } else if (call instanceof Call.Release release) {
            client.attempts.remove(release.place());
            machine.left(release.place(), answer.succeeded() ? answer.revision() : 0);
        } else if (call instanceof Call.Close close) {
            closed(close, answer);
        } else {
            machine.queueRead(client.shown(answer.queue()));
        }
    }

    private void enqueued(long place, long sentFence, Answer answer) {
        Attempt attempt = client.attempts.get(place);
        if (attempt == null) {
            return;
        }
        LeaseFence fence = client.fence(attempt);
        fence.seen(answer.fence());
        if (answer.leaseMissing() || answer.fence() == 0) {
            gone(place, attempt.ticket().lease());
        } else if (answer.created() > 0) {
            Attempt known = attempt.createdAt(answer.created());
            client.attempts.put(place, known);
            machine.placed(place, answer.created(), client.shown(answer.queue()), isTainted(known));
        } else if (attempt.unchangedSince() >= 0 && answer.fence() == sentFence) {
            client.attempts.put(place, attempt.answered());
            machine.refused(place, answer.queue(), isTainted(attempt), 1);
        } else {
            again(attempt.answered());
        }
    }

    private void gone(long place, int lease) {
        client.attempts.remove(place);
        machine.leaseGone(place);
        client.sessionLost(lease, LockLostReason.SESSION);
    }

    private boolean isTainted(Attempt attempt) {
        return attempt.ghostFence() == client.fence(attempt).known();
    }

    private void again(Attempt attempt) {
        client.attempts.put(attempt.place(), attempt);
        if (attempt.givenUp()) {
            failed(attempt);
        } else {
            client.send(attempt);
        }
    }

    private void failed(Attempt attempt) {
        CoordinationException unreachable =
                new CoordinationException(ErrorCode.CONNECTION_ERROR, "the server cannot be asked");
        machine.enqueueFailed(attempt.place(), unreachable, isTainted(attempt) || !attempt.resolved());
    }

    private void requeued(Call.Requeue requeue, Answer answer) {
        long old = machineKey(requeue.oldKey());
        if (answer.leaseMissing()) {
            gone(requeue.place(), requeue.ticket().lease());
        } else if (answer.created() > 0) {
            Attempt attempt = client.attempts.get(requeue.place());
            if (attempt != null) {
                client.attempts.put(requeue.place(), attempt.createdAt(answer.created()));
                machine.placed(requeue.place(), answer.created(), client.shown(answer.queue()), false);
            }
        } else {
            client.attempts.remove(requeue.place());
            machine.predecessorGone(requeue.place());
        }
        client.attempts.remove(old);
        machine.left(old, answer.succeeded() ? answer.revision() : 0);
    }

    private long machineKey(String key) {
        return client.attempts.values().stream()
                .filter(attempt -> attempt.key().equals(key))
                .mapToLong(Attempt::place)
                .findFirst()
                .orElse(0);
    }

    private void closed(Call.Close close, Answer answer) {
        LeaseFence fence = client.fences.get(close.lease());
        if (answer.succeeded()) {
            fence.seen(answer.fence());
        } else if (answer.fence() > 0) {
            fence.seen(answer.fence());
            client.outbox.add(fence.call());
            return;
        } else {
            client.sessionLost(close.lease(), LockLostReason.SESSION);
        }
        for (LeaseFence.Closing closing : fence.done()) {
            if (closing.settles()) {
                machine.settled(closing.place());
            } else {
                client.attempts.remove(closing.place());
                machine.left(closing.place(), answer.succeeded() ? answer.revision() : 0);
            }
        }
        fence.next().ifPresent(client.outbox::add);
    }

    /** No answer came; a copy of the call may be applied at any later time. */
    void unanswered(Call call, boolean patienceIsOver) {
        if (call instanceof Call.Enqueue enqueue) {
            lost(enqueue.place(), enqueue.fence(), patienceIsOver);
        } else if (call instanceof Call.Attempt attempt) {
            lost(attempt.place(), attempt.fence(), patienceIsOver);
        } else if (call instanceof Call.Read) {
            machine.readFailed();
        } else {
            client.outbox.add(call);
        }
    }

    private void lost(long place, long fence, boolean patienceIsOver) {
        Attempt attempt = client.attempts.get(place);
        if (attempt == null) {
            return;
        }
        Attempt unanswered = attempt.unanswered(fence);
        if (patienceIsOver) {
            client.attempts.put(place, unanswered);
            failed(unanswered);
        } else {
            again(unanswered);
        }
    }
}
