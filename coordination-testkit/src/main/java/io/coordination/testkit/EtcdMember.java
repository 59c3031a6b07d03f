package io.coordination.testkit;

import io.coordination.testkit.EtcdRuntime.Addresses;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalDouble;

/**
 * One member of an {@link EtcdCluster}, with the faults that can be done to it. Addresses and data stay the same through
 * every restart. Calls block until the member has done what they say; not thread-safe.
 */
public final class EtcdMember {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String PORT_TAKEN = "address already in use";

    private final Addresses addresses;
    private final EtcdInstance instance;
    private final MetricsPage page;

    EtcdMember(Addresses addresses, EtcdInstance instance) {
        this.addresses = addresses;
        this.instance = instance;
        this.page = new MetricsPage(addresses.metrics());
    }

    /** The member's name: {@code etcd0}, {@code etcd1} or {@code etcd2}. */
    public String name() {
        return addresses.name();
    }

    /** The address for clients. */
    public URI clientUri() {
        return addresses.client();
    }

    /** The address of the pages {@code /metrics} and {@code /health}, always plain http and without authentication. */
    public URI metricsUri() {
        return addresses.metrics();
    }

    /** Asks the member to end (SIGTERM) and waits until it has. A paused member is resumed first. */
    public void stop() {
        if (instance.isPaused()) {
            instance.resume();
        }
        instance.terminate();
    }

    /** Ends the member at once (SIGKILL) and waits until it is gone. */
    public void kill() {
        instance.kill();
    }

    /** Freezes the member (SIGSTOP): its sockets stay open and nothing answers. */
    public void pause() {
        instance.pause();
    }

    /** Lets a paused member go on (SIGCONT). */
    public void resume() {
        instance.resume();
    }

    /**
     * Starts the member if it does not run, without waiting until it serves: with less than a majority of members it
     * cannot. {@link #awaitHealthy()} waits.
     */
    public void start() {
        if (!instance.isRunning()) {
            instance.start();
        }
    }

    /**
     * Stops the member if it runs, starts it with the same data and addresses and waits until it is healthy.
     *
     * @throws IllegalStateException when it is not healthy within a minute; the message holds the end of its log
     */
    public void restart() {
        stop();
        start();
        awaitHealthy();
    }

    /**
     * Waits until the member is healthy, which includes that it knows a leader.
     *
     * @throws IllegalStateException when it is not healthy within a minute; the message holds the end of its log
     */
    public void awaitHealthy() {
        if (!Polling.until(START_LIMIT, this::isHealthyOrStartedAgain)) {
            throw failure("was not healthy within " + START_LIMIT.toSeconds() + " s");
        }
    }

    /** True while the member's process exists; a paused member runs. */
    public boolean isRunning() {
        return instance.isRunning();
    }

    /** True when the member answers that it is healthy, which it does only while it knows a leader. */
    public boolean isHealthy() {
        return page.isHealthy();
    }

    /** True when the member runs, answers and says that it is the leader. */
    public boolean isLeader() {
        return instance.isRunning()
                && !instance.isPaused()
                && metric("etcd_server_is_leader").orElse(0) == 1;
    }

    /**
     * A metric without labels, such as {@code etcd_server_proposals_committed_total}.
     *
     * @return empty when the member does not answer or has no such metric
     */
    public OptionalDouble metric(String name) {
        return page.value(name);
    }

    /** The last lines of the member's log. */
    public String logTail() {
        return instance.logTail();
    }

    /** Waits for the first start; false when another process was quicker to use one of the ports. */
    boolean awaitFirstHealth() {
        boolean decided = Polling.until(START_LIMIT, () -> page.isHealthy() || !instance.isRunning());
        if (decided && instance.isRunning()) {
            return true;
        }
        if (decided && portIsTaken()) {
            return false;
        }
        throw failure(
                decided ? "ended instead of starting" : "was not healthy within " + START_LIMIT.toSeconds() + " s");
    }

    private boolean isHealthyOrStartedAgain() {
        if (page.isHealthy()) {
            return true;
        }
        if (!instance.isRunning()) {
            if (!portIsTaken()) {
                throw failure("ended instead of starting");
            }
            instance.start();
        }
        return false;
    }

    private boolean portIsTaken() {
        return instance.logTail().contains(PORT_TAKEN);
    }

    private IllegalStateException failure(String what) {
        return new IllegalStateException("The etcd member " + addresses.name() + " at " + addresses.client() + " "
                + what + ". The end of its log:\n" + instance.logTail());
    }

    @Override
    public String toString() {
        return addresses.name() + "@" + addresses.client();
    }
}
