package io.coordination.registry.internal;

import io.coordination.registry.ServiceEvent;
import java.time.Instant;

/** What a watch of a service is told. */
sealed interface Notice {

    /** The instances after it. */
    Instances after();

    /**
     * One event.
     *
     * @param event the event
     * @param after the instances after it, and after what else changed with the same revision
     */
    record One(ServiceEvent event, Instances after) implements Notice {}

    /**
     * All instances. The event is made when it is told: of many such notices most are merged before.
     *
     * @param after the instances
     * @param at when they became known
     */
    record Whole(Instances after, Instant at) implements Notice {}
}
