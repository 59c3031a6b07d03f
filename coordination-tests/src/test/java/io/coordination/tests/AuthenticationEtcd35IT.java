package io.coordination.tests;

class AuthenticationEtcd35IT extends AuthenticationScenarios {

    @Override
    String version() {
        return "3.5";
    }
}
