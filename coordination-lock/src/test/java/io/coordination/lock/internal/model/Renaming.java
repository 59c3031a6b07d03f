package io.coordination.lock.internal.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Other numbers for the processes. Processes that began alike may be exchanged: a state and the same one with other names for
 * its processes have the same future, so one of them is enough.
 *
 * @param numbers the new number of each process
 */
record Renaming(List<Integer> numbers) {

    /** The number of a process's first lease; no other number that states are made of is so near above it. */
    private static final int LEASES = 1 << 20;

    private static final int LEASES_EACH = 10;
    private static final int MOST = 8;

    static final Renaming NONE = new Renaming(IntStream.range(0, MOST).boxed().toList());

    // One object each, so that comparing them takes no time.
    private static final Map<List<Integer>, Renaming> ALL = new ConcurrentHashMap<>(Map.of(NONE.numbers, NONE));

    private static final List<Renaming> SEEN_FROM = IntStream.range(0, MOST)
            .mapToObj(process -> of(IntStream.range(0, MOST).mapToObj(other -> other == process ? 0 : 1)))
            .toList();

    /** For what one process looks like, whoever it is: all others are one. */
    static Renaming seenFrom(int process) {
        return SEEN_FROM.get(process);
    }

    /** The processes in the order of what they look like. */
    static Renaming sorted(List<ModelClient> clients) {
        List<ModelClient> order = new ArrayList<>(clients);
        order.sort(Comparator.comparing(ModelClient::looks, Arrays::compare));
        return of(IntStream.range(0, MOST).mapToObj(process -> position(order, process)));
    }

    private static int position(List<ModelClient> order, int process) {
        for (int at = 0; at < order.size(); at++) {
            if (order.get(at).number == process) {
                return at;
            }
        }
        return process;
    }

    private static Renaming of(Stream<Integer> numbers) {
        return ALL.computeIfAbsent(numbers.toList(), Renaming::new);
    }

    int of(int process) {
        return numbers.get(process);
    }

    /** The processes by their new numbers. */
    List<ModelClient> order(ModelClient... clients) {
        return Arrays.stream(clients)
                .sorted(Comparator.comparingInt(client -> of(client.number)))
                .toList();
    }

    static int lease(int process, int which) {
        return LEASES + LEASES_EACH * process + which;
    }

    static boolean isLease(long number) {
        return number >= LEASES && number < LEASES + LEASES_EACH * MOST;
    }

    /** What the keys of a process begin with. */
    static String keys(int process) {
        return String.valueOf((char) ('a' + process));
    }

    static String key(int lease, long attempt) {
        int process = (lease - LEASES) / LEASES_EACH;
        return keys(process) + (lease - LEASES) % LEASES_EACH + "-" + attempt;
    }

    static boolean isKey(CharSequence text) {
        return text.length() > 3 && text.charAt(2) == '-';
    }

    long lease(long lease) {
        long which = lease - LEASES;
        return LEASES + LEASES_EACH * (long) of((int) which / LEASES_EACH) + which % LEASES_EACH;
    }

    String key(CharSequence key) {
        return keys(of(key.charAt(0) - 'a')) + key.subSequence(1, key.length());
    }
}
