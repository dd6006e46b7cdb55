package io.harpc.benchmarks.springhttp;

import io.harpc.benchmarks.api.User;
import io.harpc.benchmarks.api.UserPage;
import io.harpc.benchmarks.api.UserService;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/** {@link UserService} with what HTTP needs to know, for both sides. */
public interface HttpUserService extends UserService {

	@Override
	@GetExchange("/users/exist")
	boolean existUser(@RequestParam String email);

	@Override
	@PostExchange("/users")
	boolean createUser(@RequestBody User user);

	@Override
	@GetExchange("/users/{id}")
	User getUser(@PathVariable long id);

	@Override
	@GetExchange("/pages/{pageNo}")
	UserPage listUser(@PathVariable int pageNo);

	@Override
	@PostExchange(url = "/echo", contentType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
			accept = MediaType.APPLICATION_OCTET_STREAM_VALUE)
	byte[] echo(@RequestBody byte[] content);

	@Override
	@GetExchange("/users/exist-after")
	boolean existUserAfter(@RequestParam String email, @RequestParam int millis);

}
