package io.coordination.registry.internal;

import io.coordination.internal.Checks;

/** Ids for instances that were registered without one. */
final class InstanceIds {

    private static final int RANDOM_CHARACTERS = 16;

    private InstanceIds() {}

    /** An id that begins with the name of the service, cut where the whole would be longer than an id may be. */
    static String generate(String service) {
        int room = Checks.MAX_NAME_BYTES - RANDOM_CHARACTERS - 1;
        int end = service.length();
        while (Checks.utf8Length(service.substring(0, end)) > room) {
            end = service.offsetByCodePoints(end, -1);
        }
        return service.substring(0, end) + "-" + RandomText.of(RANDOM_CHARACTERS);
    }
}
