package io.coordination.tests.lockchaos;

class LockChaosEtcd34IT extends LockChaosScenarios {

    @Override
    String version() {
        return "3.4";
    }

    @Override
    int seconds() {
        return 25;
    }
}
