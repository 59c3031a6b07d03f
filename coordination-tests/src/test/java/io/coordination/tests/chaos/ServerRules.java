package io.coordination.tests.chaos;

/**
 * What a server may be held to. Versions below the floor lose events and leases by themselves, see {@code docs/testing.md}.
 *
 * @param leasesAreTrusted whether a lease that was renewed is certainly alive
 * @param watchesAreTrusted whether a watch certainly delivers everything
 * @param compactionDistance how far from the newest revision a compaction must stay
 */
public record ServerRules(boolean leasesAreTrusted, boolean watchesAreTrusted, int compactionDistance) {

    /** The rules for a full version such as {@code 3.5.30}. */
    public static ServerRules of(String version) {
        String[] parts = version.split("[.-]", -1);
        int minor = Integer.parseInt(parts[1]);
        int patch = Integer.parseInt(parts[2]);
        int floor = switch (minor) {
            case 4 -> 38;
            case 5 -> 23;
            case 6 -> 5;
            default -> 0;
        };
        boolean trusted = patch >= floor;
        return new ServerRules(trusted, trusted, trusted ? 0 : 50);
    }
}
