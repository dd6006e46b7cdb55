package io.harpc.demo.consumer;

import java.math.BigDecimal;

import io.harpc.annotation.RpcReference;
import io.harpc.demo.api.Division;
import io.harpc.demo.api.DivisionByZeroException;
import io.harpc.demo.api.DivisionService;

import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@Profile("!provider")
class DivisionController {

	private static final int MAX_DIGITS = 100;

	private final DivisionService divisions;

	DivisionController(@RpcReference DivisionService divisions) {
		this.divisions = divisions;
	}

	@GetMapping("/divide")
	Division divide(@RequestParam BigDecimal num1, @RequestParam BigDecimal num2) throws DivisionByZeroException {
		return this.divisions.divide(checked("num1", num1), checked("num2", num2));
	}

	private static BigDecimal checked(String name, BigDecimal number) {
		if (number.precision() > MAX_DIGITS || Math.abs((long) number.scale()) > MAX_DIGITS) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					name + ": too long (expected: a number of at most " + MAX_DIGITS + " digits)");
		}
		return number;
	}

}
