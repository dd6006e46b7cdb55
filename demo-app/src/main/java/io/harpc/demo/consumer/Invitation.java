package io.harpc.demo.consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

@Component
@Profile("!provider")
class Invitation {

	private static final Logger logger = LoggerFactory.getLogger(Invitation.class);

	@EventListener
	void ready(ApplicationReadyEvent event) {
		String port = event.getApplicationContext().getEnvironment().getProperty("local.server.port");
		logger.info("HTTP on http://localhost:{}/divide?num1=7&num2=2 and more: http://localhost:{}/", port, port);
	}

}
