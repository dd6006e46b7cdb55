package io.harpc.benchmarks.springhttp;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Offers the service. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(UserController.class)
class HttpServerApplication {

}
