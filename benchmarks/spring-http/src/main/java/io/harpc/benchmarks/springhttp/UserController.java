package io.harpc.benchmarks.springhttp;

import io.harpc.benchmarks.api.User;
import io.harpc.benchmarks.api.UserPage;
import io.harpc.benchmarks.api.UserServiceBean;

import org.springframework.web.bind.annotation.RestController;

/** What answers; the methods are repeated since their mappings are found by them. */
@RestController
class UserController implements HttpUserService {

	private final UserServiceBean users = new UserServiceBean();

	@Override
	public boolean existUser(String email) {
		return this.users.existUser(email);
	}

	@Override
	public boolean createUser(User user) {
		return this.users.createUser(user);
	}

	@Override
	public User getUser(long id) {
		return this.users.getUser(id);
	}

	@Override
	public UserPage listUser(int pageNo) {
		return this.users.listUser(pageNo);
	}

	@Override
	public byte[] echo(byte[] content) {
		return this.users.echo(content);
	}

	@Override
	public boolean existUserAfter(String email, int millis) {
		return this.users.existUserAfter(email, millis);
	}

}
