package io.coordination.benchmarks;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Several JVMs of one peer that do the same work at the same time: {@code rate} is what they do together in a second,
 * {@code least} the share of the one that did least, where 1 is a fair share; {@code calls} and {@code cpu} as for one.
 */
final class Group implements Contender {

    private static final Executor THREADS = task -> {
        Thread thread = new Thread(task, "asks a JVM of a group");
        thread.setDaemon(true);
        thread.start();
    };

    private final List<? extends Contender> members;

    /** A group of at least one. */
    Group(List<? extends Contender> members) {
        this.members = List.copyOf(members);
    }

    @Override
    public Peer peer() {
        return members.get(0).peer();
    }

    @Override
    public Reading ask(Command command) {
        List<CompletableFuture<Reading>> asked =
                members.stream().map(member -> asking(member, command)).toList();
        return together(asked.stream().map(CompletableFuture::join).toList());
    }

    /** Asks without waiting. */
    static CompletableFuture<Reading> asking(Contender contender, Command command) {
        return CompletableFuture.supplyAsync(() -> contender.ask(command), THREADS);
    }

    static Reading together(List<Reading> readings) {
        double rate = sum(readings, "rate");
        double calls = sum(readings, "calls");
        double least = readings.stream()
                .mapToDouble(reading -> reading.get("rate"))
                .min()
                .orElseThrow();
        double cpu = readings.stream()
                .mapToDouble(reading -> reading.get("cpu") * reading.get("calls"))
                .sum();
        return Reading.of("rate", rate)
                .and("calls", calls)
                .and("cpu", cpu / calls)
                .and("least", least * readings.size() / rate);
    }

    private static double sum(List<Reading> readings, String name) {
        return readings.stream().mapToDouble(reading -> reading.get(name)).sum();
    }
}
