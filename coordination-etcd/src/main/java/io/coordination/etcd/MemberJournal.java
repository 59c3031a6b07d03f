package io.coordination.etcd;

import io.coordination.Instrumentation;
import io.coordination.store.SerialExecutor;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log and the instrumentation what happens to the members: once for each transition, in order. Thread-safe. */
final class MemberJournal {

    private static final Logger log = LoggerFactory.getLogger(MemberJournal.class);

    private final Instrumentation.Connections instrumentation;
    private final SerialExecutor serial = SerialExecutor.direct();
    private final Map<Endpoint, Boolean> told = new ConcurrentHashMap<>();
    private final Set<Object> warned = ConcurrentHashMap.newKeySet();

    MemberJournal(Instrumentation.Connections instrumentation) {
        this.instrumentation = instrumentation;
    }

    /** Looks at a member that may have changed. A lone member that has never answered is told to whoever calls it. */
    void note(Member member, boolean amongOthers) {
        serial.execute(() -> {
            member.version().ifPresent(version -> noteVersion(member.endpoint(), version));
            Member.Standing standing = member.standing();
            if (standing == Member.Standing.FOREIGN) {
                noteForeigner(member.endpoint());
            } else if (standing != Member.Standing.UNTRIED) {
                noteAnswers(member.endpoint(), standing == Member.Standing.USABLE, amongOthers);
            }
        });
    }

    private void noteAnswers(Endpoint endpoint, boolean answers, boolean amongOthers) {
        Boolean before = told.put(endpoint, answers);
        if (before != null && before == answers) {
            return;
        }
        if (before == null && (answers || !amongOthers)) {
            log.atDebug()
                    .addKeyValue("endpoint", endpoint)
                    .addKeyValue("answers", answers)
                    .log("Member tried");
        } else if (answers) {
            log.atInfo().addKeyValue("endpoint", endpoint).log("Member answers again");
        } else {
            log.atWarn().addKeyValue("endpoint", endpoint).log("Member does not answer");
        }
        instrumentation.member(endpoint.toString(), answers);
    }

    private void noteVersion(Endpoint endpoint, EtcdVersion version) {
        if (!version.isSafe() && warned.add(new VersionOf(endpoint, version))) {
            log.atWarn()
                    .addKeyValue("endpoint", endpoint)
                    .addKeyValue("version", version)
                    .log("This version of etcd can expire a lease that was renewed, so that two owners hold one"
                            + " lock, and can lose events of watches: upgrade to 3.4.38, 3.5.23 or 3.6.5, or"
                            + " later");
        }
    }

    private void noteForeigner(Endpoint endpoint) {
        if (warned.add(endpoint)) {
            log.atWarn()
                    .addKeyValue("endpoint", endpoint)
                    .log("The address of a member leads to another cluster, it is not used");
        }
    }

    /** The list of members has one that was not known. */
    void found(Member member) {
        log.atInfo().addKeyValue("endpoint", member.endpoint()).log("Member found");
    }

    /** The list of members has one no longer. */
    void left(Member member) {
        log.atInfo().addKeyValue("endpoint", member.endpoint()).log("Member left");
        serial.execute(() -> told.remove(member.endpoint()));
    }

    private record VersionOf(Endpoint endpoint, EtcdVersion version) {}
}
