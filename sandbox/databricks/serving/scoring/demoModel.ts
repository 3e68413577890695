/**
 * A softmax regression that classifies three species of iris by four measurements: what the demo model's training saves as
 * `model.json`. It serves versions that were registered without files.
 */
export const demoModel = {
  features: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
  classifier: {
    classes: ['setosa', 'versicolor', 'virginica'],
    means: [5.8566666666666665, 3.0791666666666666, 3.768333333333333, 1.1983333333333335],
    deviations: [0.8237853010476833, 0.4304834168957292, 1.7619583486059545, 0.755864111831985],
    weights: [
      [-0.4343875199218998, -1.3490817905977883, 1.5312475919026172, -2.1696436880806154, -2.1169917782299117],
      [2.4499755538447796, 0.72688207563854, -0.5124189934926251, -0.4656812067212554, -0.8796137259293486],
      [-2.0264872664790765, 0.6235158112344487, -1.029843125793325, 2.6605813515406815, 2.996016052957818],
    ],
  },
};
