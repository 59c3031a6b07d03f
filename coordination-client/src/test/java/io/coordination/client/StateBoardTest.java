package io.coordination.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ConnectionState;
import io.coordination.Instrumentation;
import io.coordination.store.ListenerCalls;
import io.coordination.testkit.ManualTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StateBoardTest {

    private final AtomicReference<ConnectionState> state = new AtomicReference<>(ConnectionState.CONNECTED);
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<ConnectionState> heard = new ArrayList<>();
    private final StateBoard board = new StateBoard(
            state::get,
            ListenerCalls.of(threads::add, new ManualTime(), Instrumentation.NONE),
            LoggerFactory.getLogger("coordination"));

    private void become(ConnectionState next) {
        state.set(next);
        board.refresh();
    }

    private void runListeners() {
        for (Runnable next = threads.poll(); next != null; next = threads.poll()) {
            next.run();
        }
    }

    @Test
    void eachChangeIsToldOnce() {
        board.listen(heard::add);

        become(ConnectionState.SUSPECT);
        become(ConnectionState.SUSPECT);
        become(ConnectionState.CONNECTED);
        runListeners();

        assertThat(heard).containsExactly(ConnectionState.SUSPECT, ConnectionState.CONNECTED);
    }

    @Test
    void aListenerThatIsTooSlowHearsTheNewestState() {
        board.listen(heard::add);

        for (int i = 0; i < 600; i++) {
            become(ConnectionState.SUSPECT);
            become(ConnectionState.CONNECTED);
        }
        become(ConnectionState.LOST);
        runListeners();

        assertThat(heard).containsExactly(ConnectionState.LOST);
    }

    @Test
    void aClosedWatchHearsNothing() {
        board.listen(heard::add).close();

        become(ConnectionState.LOST);
        runListeners();

        assertThat(heard).isEmpty();
    }
}
