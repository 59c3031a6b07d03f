package io.coordination.benchmarks;

/**
 * Adds to the readings of a contender what its calls cost the server: {@code server}, in microseconds of processor time a call.
 */
final class ServerCost implements Contender {

    private final Contender contender;
    private final String endpoint;

    ServerCost(Contender contender, String endpoint) {
        this.contender = contender;
        this.endpoint = endpoint;
    }

    @Override
    public Peer peer() {
        return contender.peer();
    }

    @Override
    public Reading ask(Command command) {
        ServerCounters before = ServerCounters.read(endpoint);
        Reading reading = contender.ask(command);
        double seconds = ServerCounters.read(endpoint).since(before).cpu();
        return reading.values().containsKey("calls")
                ? reading.and("server", seconds * 1e6 / reading.get("calls"))
                : reading;
    }
}
