package io.harpc.demo;

import java.util.Arrays;

import io.harpc.demo.launcher.EmbeddedZooKeeperInitializer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * The demo's entry point, the same for all of its processes: the profile says which role
 * it plays.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class DemoApplication {

	public static void main(String[] args) {
		if (Arrays.asList(args).contains(ParentWatch.ARGUMENT)) {
			ParentWatch.start(System.in);
		}
		SpringApplication application = new SpringApplication(DemoApplication.class);
		application.addInitializers(new EmbeddedZooKeeperInitializer());
		application.run(args);
	}

}
