package io.coordination.etcd;

import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An instrumentation that writes down what it hears of calls and connections. */
final class HeardCalls implements Instrumentation {

    final List<String> asked = new CopyOnWriteArrayList<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<Long> nanos = new CopyOnWriteArrayList<>();
    final List<Integer> inFlight = new CopyOnWriteArrayList<>();

    @Override
    public Calls calls(String operation) {
        asked.add(operation);
        return new Calls() {
            @Override
            public void ended(Outcome outcome, int attempts, long time) {
                nanos.add(time);
                events.add(operation + " " + outcome + " " + attempts);
            }

            @Override
            public void retried(ErrorCode reason) {
                events.add(operation + " retried " + reason);
            }

            @Override
            public void heldBack(HeldBack reason) {
                events.add(operation + " " + reason);
            }
        };
    }

    @Override
    public Connections connections() {
        return new Connections() {
            @Override
            public void inFlight(int calls) {
                inFlight.add(calls);
            }

            @Override
            public void breaker(boolean open) {
                events.add("breaker " + (open ? "open" : "closed"));
            }
        };
    }
}
