package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.config.ConfigEntry;
import io.coordination.config.Version;
import io.coordination.store.Txn;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.HeldCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writers over networks that lose, delay and double what is sent, in an order that only the seed decides. */
class ConfigChaosTest {

    private static final int STEPS = 400;

    private final ConfigRig rig = new ConfigRig();
    private final List<FaultyStore> networks = new ArrayList<>();
    private final List<MirroredConfig> writers = new ArrayList<>();
    private final List<HeldCalls> late = new ArrayList<>();

    private void startWriters() {
        for (int i = 0; i < 3; i++) {
            FaultyStore network = FaultyStore.over(rig.memory.connect(), rig.time);
            networks.add(network);
            writers.add(rig.centre(network, rig.keys, rig.callbacks));
        }
    }

    private void disturb(FaultyStore network, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> network.onNextTxn(txn -> true).loseAnswer();
            case 1 -> network.onNextTxn(txn -> true).loseRequest();
            case 2 ->
                late.add(network.onNextTxn(ConfigChaosTest::replacesAState).duplicate());
            default -> {}
        }
        if (!late.isEmpty() && random.nextInt(4) == 0) {
            late.remove(random.nextInt(late.size())).release();
        }
    }

    /** A creation must not be doubled: the guard "absent" can come back, so no store ever sends it twice. */
    private static boolean replacesAState(Txn txn) {
        return txn.compares().get(0).target() == Txn.Target.MOD_REVISION;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noIncrementIsLostOrCountedTwice(long seed) {
        startWriters();
        Random random = new Random(seed);
        int sure = 0;
        int unknown = 0;
        rig.other.set("counter", 0);
        for (int step = 0; step < STEPS; step++) {
            int turn = random.nextInt(writers.size());
            disturb(networks.get(turn), random);
            try {
                increment(writers.get(turn));
                sure++;
            } catch (ConflictException e) {
                assertThat(e.outcomeUnknown()).isFalse();
            } catch (CoordinationException e) {
                assertThat(e.outcomeUnknown()).isTrue();
                unknown++;
            }
        }
        late.forEach(HeldCalls::release);
        assertThat(sure).isGreaterThan(STEPS / 4);
        assertThat(rig.other.get("counter", Integer.class).orElseThrow()).isBetween(sure, sure + unknown);
    }

    private static void increment(MirroredConfig config) {
        ConfigEntry<Integer> entry = config.entry("counter", Integer.class).orElseThrow();
        config.compareAndSet("counter", entry.version(), entry.value() + 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void onceAWriteWasAnsweredNoEarlierWriteComesBack(long seed) {
        startWriters();
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            int turn = random.nextInt(writers.size());
            disturb(networks.get(turn), random);
            Optional<Version> written = writeOrDelete(writers.get(turn), step, random);
            if (written.isPresent()) {
                List.copyOf(late).forEach(HeldCalls::release);
                late.clear();
                Version stored = rig.other
                        .entry("key", Integer.class)
                        .map(ConfigEntry::version)
                        .orElse(Version.ABSENT);
                assertThat(stored).isEqualTo(written.get());
            }
        }
    }

    private static Optional<Version> writeOrDelete(MirroredConfig config, int step, Random random) {
        try {
            if (random.nextInt(5) == 0) {
                config.delete("key");
                return Optional.of(Version.ABSENT);
            }
            return Optional.of(config.set("key", step));
        } catch (CoordinationException e) {
            assertThat(e.outcomeUnknown()).isTrue();
            return Optional.empty();
        }
    }
}
