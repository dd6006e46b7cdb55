package io.harpc.demo.provider;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

@Component
@Profile("provider")
class ProviderReady {

	private static final Logger logger = LoggerFactory.getLogger(ProviderReady.class);

	@EventListener
	void ready(ApplicationReadyEvent event) {
		logger.info("ready after {} ms, pid {}", event.getTimeTaken().toMillis(), ProcessHandle.current().pid());
	}

}
