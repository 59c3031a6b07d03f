package io.coordination.tests.consistency;

class ConsistencyEtcd34IT extends ConsistencyScenarios {

    @Override
    String version() {
        return "3.4";
    }
}
