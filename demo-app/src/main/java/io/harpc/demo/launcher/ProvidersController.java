package io.harpc.demo.launcher;

import java.util.List;

import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Profile(LauncherConfiguration.PROFILE)
class ProvidersController {

	private final Supervisor supervisor;

	ProvidersController(Supervisor supervisor) {
		this.supervisor = supervisor;
	}

	@GetMapping("/providers")
	List<Child> providers() {
		return this.supervisor.children();
	}

}
