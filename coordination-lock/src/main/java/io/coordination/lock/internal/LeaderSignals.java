package io.coordination.lock.internal;

import io.coordination.lock.election.LeadershipListener;
import io.coordination.store.ListenerTarget;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The listener of a candidate. When it is so slow that signals pile up, leaderships that began and ended meanwhile are left out.
 *
 * @param election the name of the election
 * @param listener the user's listener
 */
record LeaderSignals(String election, LeadershipListener listener) implements ListenerTarget<List<LeaderSignal>> {

    @Override
    public String subject() {
        return "election " + election;
    }

    @Override
    public Class<?> listenerClass() {
        return listener.getClass();
    }

    @Override
    public void tell(List<LeaderSignal> signals) {
        tell(signals.iterator());
    }

    /** What one call throws does not keep the next one from being made. */
    private void tell(Iterator<LeaderSignal> signals) {
        if (signals.hasNext()) {
            LeaderSignal next = signals.next();
            try {
                next.tell(listener);
            } finally {
                next.told().complete(null);
                tell(signals);
            }
        }
    }

    @Override
    public List<LeaderSignal> merge(List<LeaderSignal> earlier, List<LeaderSignal> later) {
        List<LeaderSignal> all = new ArrayList<>(earlier);
        for (LeaderSignal next : later) {
            LeaderSignal last = all.isEmpty() ? next : all.get(all.size() - 1);
            if (next.end().isPresent() && last.end().isEmpty() && last.term() == next.term()) {
                all.remove(all.size() - 1);
                next.told().complete(null);
            } else {
                all.add(next);
            }
        }
        return List.copyOf(all);
    }
}
