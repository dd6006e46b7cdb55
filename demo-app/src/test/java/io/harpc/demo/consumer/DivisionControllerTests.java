package io.harpc.demo.consumer;

import java.util.List;

import io.harpc.RpcNotSentException;
import io.harpc.demo.api.Division;
import io.harpc.demo.api.DivisionByZeroException;
import io.harpc.demo.api.DivisionService;
import org.junit.jupiter.api.Test;

import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

class DivisionControllerTests {

	private final MockMvc http = http((num1, num2) -> {
		if (num2.signum() == 0) {
			throw new DivisionByZeroException(num1);
		}
		return new Division(num1, num2, num1.divide(num2), "127.0.0.1:20881");
	});

	@Test
	void dividesAndSaysWhoDid() throws Exception {
		this.http.perform(get("/divide?num1=7&num2=2"))
			.andExpect(status().isOk())
			.andExpect(jsonPath("$.result").value(3.5))
			.andExpect(jsonPath("$.servedBy").value("127.0.0.1:20881"));
	}

	@Test
	void answersADivisionByZeroWithTheServicesOwnWords() throws Exception {
		this.http.perform(get("/divide?num1=7&num2=0"))
			.andExpect(status().isBadRequest())
			.andExpect(content().contentType("application/problem+json"))
			.andExpect(jsonPath("$.title").value("Division by zero"))
			.andExpect(jsonPath("$.detail").value("7 cannot be divided by zero"));
	}

	@Test
	void refusesWhatIsNoNumberOrMissing() throws Exception {
		this.http.perform(get("/divide?num1=seven&num2=2")).andExpect(status().isBadRequest());
		this.http.perform(get("/divide?num1=NaN&num2=2")).andExpect(status().isBadRequest());
		this.http.perform(get("/divide?num1=&num2=2")).andExpect(status().isBadRequest());
		this.http.perform(get("/divide?num1=7")).andExpect(status().isBadRequest());
	}

	@Test
	void refusesNumbersThatWouldNeedUnboundedWork() throws Exception {
		this.http.perform(get("/divide?num1=1E999999999&num2=2")).andExpect(status().isBadRequest());
		this.http.perform(get("/divide?num1=1&num2=1E-999999999")).andExpect(status().isBadRequest());
		this.http.perform(get("/divide?num1=" + "7".repeat(101) + "&num2=2")).andExpect(status().isBadRequest());
	}

	@Test
	void answersACallThatFoundNoInstanceAsUnavailable() throws Exception {
		http((num1, num2) -> {
			throw new RpcNotSentException("no instance", List.of(), null);
		}).perform(get("/divide?num1=7&num2=2"))
			.andExpect(status().isServiceUnavailable())
			.andExpect(jsonPath("$.outcome").value("NOT_SENT"))
			.andExpect(jsonPath("$.detail").value("no instance"));
	}

	private static MockMvc http(DivisionService divisions) {
		return MockMvcBuilders.standaloneSetup(new DivisionController(divisions))
			.setControllerAdvice(new ProblemAdvice())
			.build();
	}

}
