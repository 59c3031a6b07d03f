package io.coordination.registry.internal;

import io.coordination.registry.ServiceInfo;
import io.coordination.store.KeyValue;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/** The log lines of one registration: one for each transition, none for each attempt. Not thread-safe. */
final class RegistrationLog {

    private final Logger log;
    private final ServiceInfo service;
    private boolean before;
    private boolean failing;
    private long occupant;

    RegistrationLog(Logger log, ServiceInfo service) {
        this.log = log;
        this.service = service;
    }

    void registered() {
        facts(log.atInfo())
                .addKeyValue("address", service.authority())
                .log(before ? "Instance is registered again" : "Instance is registered");
        before = true;
        failing = false;
        occupant = 0;
    }

    void sessionLost() {
        facts(log.atWarn()).log("Session is lost, registering the instance again");
    }

    void displaced() {
        facts(log.atWarn()).log("Instance was deleted or replaced by somebody else, registering it again");
    }

    /** One line for each entry that stands in the way. */
    void blocked(KeyValue entry) {
        if (occupant != entry.createRevision()) {
            occupant = entry.createRevision();
            facts(log.atWarn()).log("Instance id belongs to another owner, waiting for it to go");
        }
    }

    /** One line for each outage. */
    void failed(Throwable failure) {
        (failing ? facts(log.atDebug()) : facts(log.atWarn()))
                .setCause(failure)
                .log("Registering the instance failed, trying again");
        failing = true;
    }

    void withdrawn() {
        if (before) {
            facts(log.atInfo()).log("Instance is withdrawn");
        }
    }

    void withdrawalFailed(Throwable failure) {
        facts(log.atDebug()).setCause(failure).log("Withdrawing the instance failed, trying again");
    }

    private LoggingEventBuilder facts(LoggingEventBuilder line) {
        return line.addKeyValue("service", service.name()).addKeyValue("id", service.id());
    }
}
