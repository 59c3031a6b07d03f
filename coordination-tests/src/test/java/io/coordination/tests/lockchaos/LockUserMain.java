package io.coordination.tests.lockchaos;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.etcd.EtcdStoreProvider;
import io.coordination.lock.LockOptions;
import io.coordination.store.Keys;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.tests.lockchaos.Journal.Entry;
import io.coordination.tests.lockchaos.Journal.Entry.What;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * A process that uses locks until a byte arrives on its standard input. It ends at once when that is closed before, because
 * then whoever started it is gone.
 */
final class LockUserMain {

    private static final int THREADS = 6;

    private LockUserMain() {}

    /** See {@link UserSettings} for the arguments. */
    public static void main(String... arguments) throws IOException, InterruptedException {
        UserSettings settings = UserSettings.of(arguments);
        try (Journal journal = Journal.create(settings.journal())) {
            journal.write(Entry.of(What.BEGAN, System.nanoTime()));
            recordErrors(journal);
            use(settings, journal);
            journal.write(Entry.of(What.ENDED));
        }
    }

    private static void use(UserSettings settings, Journal journal) throws IOException, InterruptedException {
        Random seeds = new Random(settings.seed());
        CountDownLatch finish = new CountDownLatch(1);
        try (TimeSource time = TimeSource.system("lock-user");
                Store store = new EtcdStoreProvider().open(settings.options(), time);
                Coordinator coordinator = Coordination.connect(settings.options())) {
            GuardedCounter counter = new GuardedCounter(store, Keys.ofNamespace(UserSettings.NAMESPACE), journal);
            List<Thread> threads = IntStream.range(0, THREADS)
                    .mapToObj(number -> new Thread(
                            new LockUser(
                                    coordinator.lock(),
                                    counter,
                                    journal,
                                    LockOptions.ofTtl(settings.ttl()),
                                    new Random(seeds.nextLong()),
                                    finish),
                            "lock-user-" + number))
                    .toList();
            threads.forEach(Thread::start);
            awaitWord();
            finish.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void awaitWord() throws IOException {
        if (System.in.read() < 0) {
            Runtime.getRuntime().halt(1);
        }
    }

    /** Warnings are to be expected here, errors are not. */
    private static void recordErrors(Journal journal) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Errors errors = new Errors(journal);
        errors.setContext(context);
        errors.start();
        Stream.of("coordination", "io.coordination").map(context::getLogger).forEach((Logger logger) -> {
            logger.setLevel(Level.ERROR);
            logger.addAppender(errors);
        });
    }

    private static final class Errors extends AppenderBase<ILoggingEvent> {

        private final Journal journal;

        Errors(Journal journal) {
            this.journal = journal;
        }

        @Override
        protected void append(ILoggingEvent event) {
            journal.write(Entry.of(What.BROKEN, "logged as an error: " + event));
        }
    }
}
